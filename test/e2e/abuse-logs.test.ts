/** O1 to O6 of the abuse cases: what callers send shows nowhere as it should not, in no log, trace, metric or answer. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const SECRETS = [
  "s3cr3t-authorization-1",
  "s3cr3t-cookie-22",
  "s3cr3t-prompt-333",
  "s3cr3t-query-4444",
  "s3cr3t-guess-55555",
];
const [AUTHORIZATION, COOKIE, PROMPT, QUERY, GUESS] = SECRETS;
const PASSWORD = "pr0xy-passw0rd";

const API = `<policies><inbound><base />
  <choose><when condition='@(context.Request.Headers.ContainsKey("X-Fail"))'>
    <set-variable name="v" value="@(int.Parse(context.Request.Headers.GetValueOrDefault(&quot;Authorization&quot;, &quot;&quot;)))" /></when></choose>
  <choose><when condition='@(context.Request.Headers.ContainsKey("X-Call"))'>
    <send-request response-variable-name="r"><set-url>http://far.example/</set-url></send-request></when></choose>
</inbound></policies>`;

let backend: RecordingBackend;
let folder: string;
let logs: string;
let gateway: RunningGateway;

before(async () => {
  backend = await RecordingBackend.start();
  logs = await mkdtemp(join(tmpdir(), "sallyport-logs-"));
  folder = await writeFolder({
    serviceUrl: backend.url.replace("127.0.0.1", "localhost"),
    policies: { api: API },
    settings: {
      admin: { port: 0 },
      accessLog: { file: join(logs, "access.log") },
      securityEvents: { file: join(logs, "security.log") },
      egress: {
        proxy: {
          url: "http://127.0.0.1:9",
          username: "gateway",
          password: `literal:${PASSWORD}`,
          except: ["localhost"],
        },
      },
    },
  });
  gateway = await startGateway({ folder, watch: false });
});
after(async () => {
  await gateway?.stop();
  await backend.close();
  await removeFolder(folder);
  await rm(logs, { recursive: true });
});

const origin = (name = "test") => `http://127.0.0.1:${gateway.addresses.find((a) => a.name === name)?.port}`;

/** One call with secrets in every place, and what came of it. */
async function call(more: Record<string, string> = {}, path = "/t/items/1"): Promise<Response> {
  return fetch(`${origin()}${path}?code=${QUERY}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${AUTHORIZATION}`, Cookie: `session=${COOKIE}`, ...more },
    body: JSON.stringify({ messages: [{ role: "user", content: PROMPT }] }),
  });
}

const logged = async () => {
  // Lines are written every tenth of a second.
  await new Promise((resolve) => setTimeout(resolve, 400));
  return (await Promise.all(["access.log", "security.log"].map((name) => readFile(join(logs, name), "utf8")))).join("");
};

test("O1: bytes that no line may hold never reach one", async () => {
  const { port } = gateway.addresses[0];
  const agent = `\u001b[31m\u009b2J</script>${"x".repeat(3_000)}`;
  for (const path of [
    "/t/items/\u001b[2J",
    "/t/items/%0d%0aInjected:%20yes",
    `/t/items/${"y".repeat(5_000)}`,
    "/t/%ff%fe",
  ])
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(
          Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nUser-Agent: ${agent}\r\nConnection: close\r\n\r\n`, "latin1"),
        ),
      );
      socket
        .resume()
        .on("close", () => resolve())
        .on("error", reject);
    });
  const text = await logged();
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
  const lines = text.split("\n").filter((line) => line !== "");
  assert.ok(lines.length >= 8, "each request has its lines");
  for (const line of lines) {
    for (const value of Object.values(JSON.parse(line) as object)) assert.ok(String(value).length <= 2_048 + 3);
  }
});

test("O2: secrets of a request show in no log, metric, trace or answer", async () => {
  const traced = { "Ocp-Apim-Subscription-Key": KEY, "Ocp-Apim-Trace": "true" };
  const responses = [
    await call({ "Ocp-Apim-Subscription-Key": GUESS }),
    await call(traced),
    await call({ ...traced, "X-Fail": "1" }),
    await call(traced, "/nowhere"),
  ];
  assert.deepEqual(
    responses.map(({ status }) => status),
    [401, 200, 500, 404],
  );
  const texts = [await logged(), await (await fetch(`${origin("admin")}/metrics`)).text()];
  for (const response of responses) {
    texts.push(await response.text());
    const location = response.headers.get("ocp-apim-trace-location");
    if (location !== null) texts.push(await (await fetch(location, { headers: traced })).text());
  }
  assert.ok(texts.length >= 8, "there were traces");
  for (const text of texts) {
    for (const secret of [AUTHORIZATION, COOKIE, PROMPT, GUESS, KEY])
      assert.ok(!text.includes(secret), `${secret}: ${text}`);
  }
  assert.ok(!`${texts[0]}${texts[1]}`.includes(QUERY));
});

test("O3: an error that has to do with a password does not quote it", async () => {
  const response = await call({ "Ocp-Apim-Subscription-Key": KEY, "X-Call": "1" });
  assert.equal(response.status, 500);
  const text = `${await response.text()}${await logged()}`;
  assert.match(text, /BackendConnectionFailure/);
  assert.ok(!text.includes(PASSWORD) && !text.includes(Buffer.from(`gateway:${PASSWORD}`).toString("base64")));
});

test("O6: asking for a trace without the right to have one changes nothing", async () => {
  for (const key of [undefined, GUESS]) {
    const headers: Record<string, string> = { "Ocp-Apim-Trace": "true" };
    if (key !== undefined) headers["Ocp-Apim-Subscription-Key"] = key;
    const response = await call(headers);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get("ocp-apim-trace-location"), null);
  }
});
