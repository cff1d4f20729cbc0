/** `sallyport audit` by the real command: the Contoso example, formats, exit codes, secrets in files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { sallyport } from "../support/cli.ts";
import { apiFiles, configFolder } from "../support/config-folder.ts";

const CONTOSO = resolve(import.meta.dirname, "../../examples/contoso");
const NO_SECRETS = { env: { CONTOSO_FABRIKAM_KEY: "", CONTOSO_BACKEND_KEY: "" } };

interface Json {
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly api?: string;
    readonly operations?: string[];
    readonly place: { readonly file: string; readonly line: number };
    readonly reason: string;
    readonly fix: string;
    readonly owasp: string;
  }[];
}

async function findings(folder: string, ...more: string[]): Promise<Json["findings"]> {
  const { out } = await sallyport(["audit", folder, "--format", "json", ...more], NO_SECRETS);
  return (JSON.parse(out) as Json).findings;
}

test("Contoso before: every gap that its README names, and no other", async () => {
  const named = readFileSync(join(CONTOSO, "README.md"), "utf8").match(/^\|.*\b(SA\d{4})\b.*$/gm) ?? [];
  const codes = named.map((row) => /SA\d{4}/.exec(row)?.[0] ?? "").sort();
  const found = await findings(join(CONTOSO, "before"));
  assert.deepEqual([...new Set(found.map(({ code }) => code))].sort(), codes);
  assert.ok(codes.length >= 5);
  const anyone = found.find(({ code }) => code === "SA1001");
  assert.deepEqual(
    [anyone?.severity, anyone?.api, anyone?.operations?.length, anyone?.owasp],
    ["high", "partner", 5, "API2:2023"],
  );
  const text = readFileSync(join(CONTOSO, "before", anyone?.place.file ?? ""), "utf8").split("\n");
  assert.match(text[(anyone?.place.line ?? 0) - 1], /subscriptionRequired/);
  const { code, out } = await sallyport(["audit", join(CONTOSO, "before")]);
  assert.equal(code, 1);
  assert.match(out, /high SA1001: No subscription key is asked for.*\n.*--> apis\/partner\/apiInformation\.json:\d+/);
  assert.match(out, /5 open doors: 2 high, 2 medium, 1 info\. 5 operations looked at\./);
  assert.doesNotMatch(out, /\u001b/, "no colours without a terminal");
});

test("Contoso after: none, and no secret is needed to say so", async () => {
  const { code, out, err } = await sallyport(["audit", join(CONTOSO, "after")], NO_SECRETS);
  assert.deepEqual([code, out, err], [0, "No open doors. 5 operations looked at.\n", ""]);
});

test("severity decides the exit code", async () => {
  const folder = join(CONTOSO, "before");
  const run = async (...args: string[]) => (await sallyport(["audit", folder, ...args])).code;
  assert.equal(await run("--fail-on", "never"), 0);
  assert.equal(await run("--fail-on", "high"), 1);
  assert.equal(await run("--fail-on", "high", "--ignore", "SA1001,SA1002"), 0);
  assert.equal(await run("--ignore", "SA1001,SA1002"), 1);
  assert.equal(await run("--ignore", "SA1001,SA1002", "--ignore", "SA2001,SA3001"), 0, "info never fails");
  assert.equal(await run("--fail-on", "often"), 2);
  assert.equal(await run("--ignore", "SA9999"), 2);
  assert.equal((await sallyport(["audit", join(CONTOSO, "nothing")])).code, 2);
});

test("SARIF: rules, results and places that code scanning can follow", async () => {
  const { out } = await sallyport(["audit", join(CONTOSO, "before"), "--format", "sarif"]);
  const log = JSON.parse(out);
  assert.equal(log.version, "2.1.0");
  const [run] = log.runs;
  const ids: string[] = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const rule of run.tool.driver.rules) {
    assert.ok(rule.shortDescription.text && rule.fullDescription.text && rule.help.text && rule.helpUri, rule.id);
    assert.match(rule.properties["security-severity"], /^\d\.\d$/);
    assert.ok(["error", "warning", "note"].includes(rule.defaultConfiguration.level));
  }
  assert.equal(run.results.length, 5);
  for (const result of run.results) {
    assert.equal(ids[result.ruleIndex], result.ruleId);
    const [{ physicalLocation }] = result.locations;
    const { uri, uriBaseId } = physicalLocation.artifactLocation;
    assert.equal(uriBaseId, "%SRCROOT%");
    const lines = readFileSync(resolve(decodeURI(uri)), "utf8").split("\n");
    const { startLine } = physicalLocation.region;
    assert.ok(startLine >= 1 && startLine <= lines.length, uri);
    assert.match(result.partialFingerprints["sallyportFinding/v1"], /^[0-9a-f]{32}$/);
  }
});

test("secrets in files are found where they stand, by what they are; named places of secrets are not", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    "named values/api-key/namedValueInformation.json": { properties: { displayName: "api-key", value: "s3cret" } },
    "named values/greeting/namedValueInformation.json": { properties: { displayName: "greeting", value: "hello" } },
    "named values/hidden/namedValueInformation.json": {
      properties: { displayName: "hidden", secret: true, value: "s3cret" },
    },
    "named values/given/namedValueInformation.json": { properties: { displayName: "given-secret", value: "old" } },
    "backends/b/backendInformation.json": {
      properties: { url: "https://b.example", protocol: "http", credentials: { header: { "x-key": ["s3cret"] } } },
    },
    "subscriptions/s/subscriptionInformation.json": { properties: { displayName: "s", scope: "/apis/a" } },
    "subscriptions/t/subscriptionInformation.json": { properties: { displayName: "t", scope: "/apis/a" } },
    "sallyport.yaml": [
      "namedValues:",
      "  given-secret: env:GIVEN",
      "subscriptions:",
      "  s: plain-text-key-0123456789",
      "  t: { primaryKey: env:T_KEY }",
    ].join("\n"),
  });
  const found = (await findings(folder)).filter(({ code }) => code === "SA4002");
  assert.deepEqual(
    found.map(({ place, reason }) => `${place.file}:${place.line} ${/"([^"]+)"/.exec(reason)?.[1]}`).sort(),
    [
      "backends/b/backendInformation.json:8 b",
      "named values/api-key/namedValueInformation.json:4 api-key",
      "named values/hidden/namedValueInformation.json:5 hidden",
      "sallyport.yaml:4 s",
    ],
  );
  assert.doesNotMatch(JSON.stringify(found), /s3cret|plain-text-key/);
});

test("explain knows the codes", async () => {
  const { code, out } = await sallyport(["explain", "sa2001"]);
  assert.equal(code, 0);
  assert.match(out, /^SA2001 {2}No rate limit and no quota \(medium\)/);
  assert.match(out, /API4:2023 Unrestricted Resource Consumption: https:\/\/owasp\.org\//);
});
