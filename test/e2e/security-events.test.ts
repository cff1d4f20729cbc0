/** The security log of a whole gateway: every refusal and every change, nothing secret, whatever callers send. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const API = `<policies><inbound><base />
  <choose><when condition='@(context.Request.Headers.ContainsKey("X-Limited"))'>
    <rate-limit-by-key calls="0" renewal-period="60" counter-key="all" /></when></choose>
  <choose><when condition='@(context.Request.Headers.ContainsKey("X-Own"))'>
    <return-response><set-status code="403" /></return-response></when></choose>
  <choose><when condition='@(context.Request.Headers.ContainsKey("X-Outside"))'>
    <send-request response-variable-name="r"><set-url>@("http://169.254.169.254/latest")</set-url></send-request></when></choose>
  <check-header name="X-Tenant" failed-check-httpcode="401" failed-check-error-message="Which tenant?" ignore-case="true">
    <value>blue</value></check-header>
</inbound></policies>`;

interface Line {
  readonly timestamp: string;
  readonly event: string;
  readonly [name: string]: unknown;
}

let backend: RecordingBackend;
let folder: string;
let logs: string;
let gateway: RunningGateway;

async function lines(file = join(logs, "security.log")): Promise<Line[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Waits until the log has a line that fits. */
async function line(fits: (line: Line) => boolean): Promise<Line> {
  for (let i = 0; i < 200; i++) {
    const found = (await lines()).find(fits);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`No such line: ${JSON.stringify(await lines())}`);
}

const url = (path = "/t/items/1") => `http://127.0.0.1:${gateway.addresses[0].port}${path}`;
const call = (headers: Record<string, string> = {}, path?: string) => fetch(url(path), { headers });
const keyed = { "Ocp-Apim-Subscription-Key": KEY };

before(async () => {
  backend = await RecordingBackend.start();
  logs = await mkdtemp(join(tmpdir(), "sallyport-security-"));
  folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: API },
    namedValues: { greeting: "hello" },
    settings: { securityEvents: { file: join(logs, "security.log") }, admin: { port: 0 } },
  });
  gateway = await startGateway({ folder, watch: false });
});
after(async () => {
  await gateway.stop();
  await backend.close();
  await removeFolder(folder);
  await rm(logs, { recursive: true });
});

describe("refusals", () => {
  test("by the key, the operation, a policy, a limit, a policy's own answer: who, where and why", async () => {
    await call();
    const keyless = await line((l) => l.reason === "SubscriptionKeyNotFound");
    const { timestamp, correlationId, ...rest } = keyless;
    assert.ok(Date.parse(timestamp) > 0 && /^[0-9a-f-]{36}$/.test(String(correlationId)));
    assert.deepEqual(rest, {
      event: "refusal",
      callerIpAddress: "127.0.0.1",
      method: "GET",
      url: url(),
      responseCode: 401,
      source: "authorization",
      reason: "SubscriptionKeyNotFound",
      message: rest.message,
      section: "inbound",
      apiId: "test",
      operationId: "item",
    });
    await call(keyed, "/nowhere");
    assert.equal((await line((l) => l.reason === "OperationNotFound")).responseCode, 404);
    await call(keyed);
    const tenant = await line((l) => l.source === "check-header");
    assert.deepEqual(
      [tenant.responseCode, tenant.apimSubscriptionId, tenant.productId, tenant.scope],
      [401, "s1", "gold", "api"],
    );
    await call({ ...keyed, "X-Limited": "1" });
    assert.equal((await line((l) => l.reason === "RateLimitExceeded")).responseCode, 429);
    await call({ ...keyed, "X-Own": "1" });
    const own = await line((l) => l.reason === "AnsweredByPolicy");
    assert.deepEqual([own.source, own.responseCode], ["return-response", 403]);
  });

  test("of outgoing calls, by the egress rules", async () => {
    await call({ ...keyed, "X-Outside": "1" });
    const denied = await line((l) => l.event === "egress");
    assert.deepEqual((denied.detail as { network: string }).network, "link-local");
    assert.equal((await line((l) => l.reason === "EgressDenied" && l.event === "refusal")).apiId, "test");
  });

  test("of messages that are none, before anything else", async () => {
    const { port } = gateway.addresses[0];
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
      socket
        .on("data", () => socket.destroy())
        .on("close", () => resolve())
        .on("error", reject);
    });
    const refused = await line((l) => l.responseCode === 400);
    assert.deepEqual([refused.source, refused.callerIpAddress], ["gateway", "127.0.0.1"]);
  });

  test("what passes, and what a backend refuses itself, is no event", async () => {
    const before_ = (await lines()).length;
    const response = await call({ ...keyed, "X-Tenant": "blue" });
    assert.equal(response.status, 200);
    await call();
    await line((l) => l.reason === "SubscriptionKeyNotFound");
    const fresh = (await lines()).slice(before_);
    assert.ok(
      fresh.every((l) => l.reason !== undefined && l.reason !== ""),
      JSON.stringify(fresh),
    );
  });
});

test("O1, O2: what callers send can break neither the line nor a secret out of its place", async () => {
  const secret = "s3cr3t-0123456789abcdef";
  const hostile = "%0d%0a%1b[31m%3C/script%3E%22%5C%e2%80%a8";
  const headers = {
    Authorization: `Bearer ${secret}`,
    Cookie: `session=${secret}`,
    "Ocp-Apim-Subscription-Key": secret,
    "User-Agent": "\u009b2J</script>",
  };
  for (const path of [`/t/${hostile}`, "/t/items/<a>", `/t/items/${"x".repeat(6_000)}`])
    await fetch(url(`${path}?subscription-key=${secret}&code=${secret}`), { headers });
  const long = await line((l) => String(l.url).length > 2_000);
  assert.ok(String(long.url).length <= 2_048 + 3);
  const text = await readFile(join(logs, "security.log"), "utf8");
  assert.doesNotMatch(text, /s3cr3t/);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
  assert.ok(!text.includes(KEY));
});

test("changes of configuration, keys and named values; a refused one, too", async () => {
  const settings = join(folder, "sallyport.yaml");
  const old = await readFile(settings, "utf8");
  const fresh = "fedcba9876543210fedcba9876543210";
  await writeFile(settings, old.replace(KEY, fresh));
  await gateway.reload();
  const changed = await line((l) => l.event === "key");
  assert.deepEqual(
    [changed.action, changed.subject, changed.detail],
    ["changed", "s1", { changed: ["primary key"], state: "active" }],
  );
  const file = join(folder, "named values/greeting/namedValueInformation.json");
  await writeFile(
    file,
    JSON.stringify({ properties: { displayName: "greeting", secret: true, value: "s3cr3t-value" } }),
  );
  await gateway.reload();
  assert.equal((await line((l) => l.event === "named value")).subject, "greeting");
  await writeFile(settings, "listeners: 7");
  await gateway.reload();
  const refused = await line((l) => l.action === "refused");
  assert.deepEqual([(refused.detail as { file: string }).file, refused.event], ["sallyport.yaml", "configuration"]);
  await writeFile(settings, old);
  await gateway.reload();
  const text = await readFile(join(logs, "security.log"), "utf8");
  assert.ok(!text.includes(fresh) && !text.includes(KEY) && !text.includes("s3cr3t-value"));
  assert.ok((await lines()).filter((l) => l.event === "configuration" && l.action === "loaded").length >= 3);
});

test("O5: a full disk costs lines, no requests, and the loss is counted", async () => {
  const full = await writeFolder({
    serviceUrl: backend.url,
    settings: { securityEvents: { file: "/dev/full" }, admin: { port: 0 } },
  });
  const other = await startGateway({ folder: full, watch: false });
  try {
    const [{ port }, admin] = other.addresses;
    for (let i = 0; i < 20; i++) assert.equal((await fetch(`http://127.0.0.1:${port}/t/items/1`)).status, 401);
    const dropped = async () => {
      const text = await (await fetch(`http://127.0.0.1:${admin.port}/metrics`)).text();
      return Number(/^sallyport_log_lines_dropped_total\{log="security"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    let count = 0;
    for (let i = 0; i < 100 && count < 20; i++) {
      count = await dropped();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(count >= 20, `${count} counted`);
    const answer = await fetch(`http://127.0.0.1:${port}/t/items/1`, { headers: keyed });
    assert.equal(answer.status, 200);
  } finally {
    await other.stop();
    await removeFolder(full);
  }
});

test("a vault that the egress rules forbid to call is told of, on a reload", async () => {
  const file = join(folder, "sallyport.yaml");
  const settings = await readFile(file, "utf8");
  const vault = 'secrets: { timeoutMs: 2000, vault: { address: "http://169.254.169.254:8200", token: "literal:t" } }';
  await writeFile(file, `${settings}\n${vault}\nnamedValues: { forbidden: "vault:s" }\n`);
  const { program } = await gateway.reload();
  await writeFile(file, settings);
  assert.equal(program, undefined);
  const told = await line(({ event, message }) => event === "egress" && /vault or identity/.test(String(message)));
  assert.equal(told.reason, "EgressDenied");
  assert.match(JSON.stringify(told.detail), /169\.254\.169\.254/);
});
