import assert from "node:assert/strict";
import { test } from "node:test";
import { sallyport } from "../support/cli.ts";
import { apiFiles, configFolder } from "../support/config-folder.ts";

const policy = (inbound: string) =>
  `<policies>\n  <inbound>\n    ${inbound}\n  </inbound>\n  <backend><base /></backend>\n  <outbound />\n  <on-error />\n</policies>`;
const GOOD = policy('<set-header name="X" exists-action="override"><value>@(context.Api.Name)</value></set-header>');
const UNKNOWN = policy("<set-heder />");

test("a configuration without mistakes: exit code 0 and what was read", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "apis/a/policy.xml": GOOD,
    "loggers/l/loggerInformation.json": {},
  });
  const { code, out, err } = await sallyport(["check", folder]);
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(
    out,
    "No errors. Read: 1 API, 1 operation, 0 products, 0 subscriptions, 0 named values, 0 fragments, 0 backends.\nNot acted on: loggers (1).\n",
  );
});

test("without secrets, as a pipeline has it: placeholders for variables and files, also of certificates", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "apis/a/policy.xml": policy(
      '<validate-jwt header-name="Authorization"><issuer-signing-keys><key>{{signing}}</key></issuer-signing-keys></validate-jwt><validate-client-certificate><identities><identity thumbprint="{{thumb}}" /></identities></validate-client-certificate>',
    ),
    "sallyport.yaml": `
listeners: [{ host: 0.0.0.0, tls: { certificate: tls.crt, key: file:tls.key, clientCertificate: required, authorities: [ca.pem] } }]
authorities: [ca.pem]
certificates: { c: { pfx: c.pfx, password: env:NOT_SET_HERE } }
clientCertificates: { authorities: [ca.pem], crls: [ca.crl] }
namedValues: { signing: env:NOT_SET_HERE, thumb: ${"0".repeat(40)} }
subscriptions: { s: { scope: /apis/a, primaryKey: file:not-there } }
`,
  });
  assert.equal((await sallyport(["check", folder])).code, 1);
  const { code, out } = await sallyport(["check", folder, "--no-secrets"]);
  assert.deepEqual([code, out.split(".")[0]], [0, "No errors"]);
});

test("certificates in Key Vault, wherever they are used, are not asked for", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "certificates/tls/certificateInformation.json": {
      properties: { keyVault: { secretIdentifier: "https://contoso.vault.azure.net/secrets/tls" } },
    },
    "backends/b/backendInformation.json": {
      properties: { url: "https://b.test", protocol: "http", credentials: { certificate: ["AB".repeat(20)] } },
    },
    "apis/a/policy.xml": policy(
      `<validate-jwt header-name="Authorization"><issuer-signing-keys><key certificate-id="tls" /></issuer-signing-keys>` +
        `<decryption-keys><key certificate-id="tls" /></decryption-keys></validate-jwt>` +
        `<validate-client-certificate validate-trust="false" validate-revocation="false"><identities><identity issuer-certificate-id="tls" />` +
        `</identities></validate-client-certificate><authentication-certificate thumbprint="${"AB".repeat(20)}" />`,
    ),
  });
  const { code, out } = await sallyport(["check", folder]);
  assert.deepEqual([code, out.split(" Read")[0]], [0, "No errors."]);
});

test("a broken description of an API is one mistake, though others refer to it", async () => {
  const folder = await configFolder({
    "apis/a/apiInformation.json": "{",
    "products/p/productInformation.json": { properties: { displayName: "p" } },
    "products/p/apis/a/productApiInformation.json": {},
    "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/apis/a", state: "active" } },
  });
  const { code, out } = await sallyport(["check", folder, "--json"]);
  assert.deepEqual([code, [...out.matchAll(/"code":"(SP1[01]\w+)"/g)].map(([, found]) => found)], [1, ["SP1003"]]);
});

test("a named value without a value is one mistake, not several", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "named values/k/namedValueInformation.json": { properties: { displayName: "k", secret: true } },
    "apis/a/policy.xml": policy(
      '<validate-jwt header-name="Authorization"><issuer-signing-keys><key>{{k}}</key></issuer-signing-keys></validate-jwt>',
    ),
  });
  const { out } = await sallyport(["check", folder, "--json"]);
  assert.deepEqual(
    [...out.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code),
    ["SP2011"],
  );
});

test("mistakes of files, policies and expressions, each with a frame; exit code 1", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "policy.xml": UNKNOWN,
    "apis/a/policy.xml": GOOD.replace("Name)", "Nme)"),
  });
  const { code, out } = await sallyport(["check", folder]);
  assert.equal(code, 1);
  assert.match(out, /error CS1061: .*Nme.*\n {2}--> apis\/a\/policy\.xml:3:\d+\n {2}\|\n3 \| .*\n {2}\| +\^+\n/);
  assert.match(
    out,
    /error SP2001: There is no policy <set-heder>\n {2}--> policy\.xml:3:5\n[\s\S]*Did you mean <set-header>\?/,
  );
  assert.match(out, /\n2 errors\./);
});

test("--format json: a line per file that was read", async () => {
  const folder = await configFolder({ ...apiFiles("a"), "policy.xml": UNKNOWN, "sallyport.yaml": "limits: {}" });
  const { code, out } = await sallyport(["check", folder, "--format", "json"]);
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(code, 1);
  assert.deepEqual(lines.map((l) => [l.file, l.ok]).sort(), [
    ["apis/a/apiInformation.json", true],
    ["apis/a/specification.json", true],
    ["policy.xml", false],
    ["sallyport.yaml", true],
  ]);
  const { code: diagnosticCode, line, column, severity, hint, message } = lines.find((l) => !l.ok).diagnostics[0];
  assert.deepEqual([diagnosticCode, line, column, severity], ["SP2001", 3, 5, "error"]);
  assert.ok(hint.length > 0 && message.length > 0);
});

test("environment and settings file are taken from the command line", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "other.yaml": "environments: {prod: {limits: {drainGraceMs: x}}, test: {}}",
  });
  const wrong = await sallyport(["check", folder, "--settings", `${folder}/other.yaml`, "--environment", "tset"]);
  assert.deepEqual([wrong.code, /There is no environment "tset"/.test(wrong.out)], [1, true]);
  const named = await sallyport(["check", folder, "--settings", `${folder}/other.yaml`]);
  assert.match(
    named.out,
    /error SP1004: "limits\.drainGraceMs" must be a whole number, not a text\n {2}--> other\.yaml:1:/,
  );
});

test("--documents: files as named, folders searched for *.xml", async () => {
  const folder = await configFolder({
    "a/good.xml": GOOD,
    "a/b/bad.XML": UNKNOWN,
    "a/note.txt": "<x",
    "c.policy": GOOD,
    "a/.hidden/x.xml": "<",
  });
  const { code, out } = await sallyport([
    "check",
    "--documents",
    `${folder}/a`,
    `${folder}/c.policy`,
    "--format",
    "json",
  ]);
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(code, 1);
  assert.deepEqual(
    lines.map((l) => [l.file, l.ok, l.diagnostics.length]),
    [
      [`${folder}/a/b/bad.XML`, false, 1],
      [`${folder}/a/good.xml`, true, 0],
      [`${folder}/c.policy`, true, 0],
    ],
  );
  const human = await sallyport(["check", "--documents", `${folder}/a/good.xml`]);
  assert.deepEqual([human.code, human.out], [0, "1 document checked, none wrong.\n"]);
});

test("wrong usage: exit code 2, on standard error", async () => {
  for (const args of [
    ["check"],
    ["check", "--documents"],
    ["check", "x", "y"],
    ["check", "--documents", "/no/such"],
    ["chek"],
  ]) {
    const { code, out, err } = await sallyport(args);
    assert.deepEqual([code, out, err.startsWith("sallyport")], [2, "", true], args.join(" "));
  }
});

test("colours only where they are wanted", async () => {
  const folder = await configFolder({ "x.xml": UNKNOWN });
  const args = ["check", "--documents", folder];
  assert.ok(!(await sallyport(args)).out.includes("\u001b"));
  const coloured = await sallyport(args, { env: { FORCE_COLOR: "1" } });
  assert.ok(coloured.out.includes("\u001b[31merror SP2001\u001b[0m"));
});

test("mistakes of the folder do not hide those of its policies, and what follows from them is not named", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "policy.xml": UNKNOWN,
    "apis/a/policy.xml": policy(
      '<set-backend-service backend-id="b" /><rate-limit calls="{{n}}" renewal-period="9" />',
    ),
    "backends/b/backendInformation.json": "{",
    "sallyport.yaml": "subscriptions: {s: {scope: /, primaryKey: env:UNSET_KEY}}\nnamedValues: {n: env:UNSET_COUNT}\n",
  });
  const { code, out } = await sallyport(["check", folder, "--format", "json"]);
  const codes = out
    .trim()
    .split("\n")
    .flatMap((line) => JSON.parse(line).diagnostics.map((d: { code: string }) => d.code));
  assert.deepEqual([code, codes.sort()], [1, ["SP1003", "SP1203", "SP1203", "SP2001"]]);
});

test("warnings: shown, exit code 0; --ignore and a comment silence them", async () => {
  const wrong = `<set-variable name="a" value='@(context.Variables["b"] == "x")' />`;
  const folder = await configFolder({
    ...apiFiles("a"),
    "apis/a/policy.xml": policy(wrong),
    "silenced.xml": policy(`<!-- sallyport-disable SW3001 -->${wrong}`),
  });
  const { code, out } = await sallyport(["check", folder]);
  assert.equal(code, 0);
  assert.match(out, /warning SW3001: [^\n]+\n {2}--> apis\/a\/policy\.xml:3:37\n[\s\S]+ = Convert both/);
  assert.match(out, /warning SW3101: Nothing sets the variable "b"/);
  assert.match(out, /\nNo errors, 2 warnings\. Read: /);
  const ignoring = await sallyport(["check", folder, "--ignore", "SW3101,SW3001"]);
  assert.match(ignoring.out, /^No errors\. Read: /);
  const documents = await sallyport(["check", "--documents", `${folder}/silenced.xml`, "--format", "json"]);
  assert.deepEqual(JSON.parse(documents.out).diagnostics, []);
  assert.equal((await sallyport(["check", folder, "--ignore", "nonsense"])).code, 2);
});

test("--ignore does not hide errors", async () => {
  const folder = await configFolder({ "a.xml": UNKNOWN });
  const { code, out } = await sallyport(["check", "--documents", folder, "--ignore", "SP2001"]);
  assert.deepEqual([code, /error SP2001/.test(out)], [1, true]);
});
