/**
 * Conformance cases of policies: each YAML file under policies/<element>/ is a configuration, requests, and what must come of them at the
 * backend and at the caller, over real sockets. Format: policies/README.md.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { startGateway } from "../../src/main.ts";
import { type FolderOptions, KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { type RecordedRequest, RecordingBackend, type ScriptedAnswer } from "../support/recording-backend.ts";

/** A text to be equal, `/.../` to match, null to be absent. */
type Expected = string | null;

interface Step {
  readonly name?: string;
  readonly backend?: readonly ScriptedAnswer[];
  readonly request?: { method?: string; path?: string; headers?: Record<string, string>; body?: string; key?: boolean };
  /** Calls that the backend got, in order; absent: not looked at. */
  readonly upstream?: readonly {
    method?: string;
    path?: string;
    headers?: Record<string, Expected>;
    body?: Expected;
  }[];
  readonly response: { status: number; headers?: Record<string, Expected>; body?: Expected };
  /** Repeats the step. */
  readonly times?: number;
}

interface Case extends Omit<FolderOptions, "serviceUrl"> {
  /** Environment variables, for this case alone: client libraries read those of the process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const root = join(dirname(fileURLToPath(import.meta.url)), "policies");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((f) => f.endsWith(".yaml"))
  .sort();

let backend: RecordingBackend;
before(async () => {
  backend = await RecordingBackend.start();
});
after(() => backend.close());

for (const file of files) {
  test(file.replace(/\.yaml$/, ""), async (t) => {
    const text = readFileSync(join(root, file), "utf8").replaceAll("{backend}", backend.url);
    const { steps, env, ...options } = parse(text) as Case;
    Object.assign(process.env, env);
    const folder = await writeFolder({ serviceUrl: `${backend.url}/base`, ...options });
    const gateway = await startGateway({ folder, watch: false });
    try {
      const { port } = gateway.addresses[0];
      for (const [index, step] of steps.entries()) {
        await t.test(step.name ?? `step ${index + 1}`, async () => {
          for (let i = 0; i < (step.times ?? 1); i++) await runStep(step, port);
        });
      }
    } finally {
      await gateway.stop();
      await removeFolder(folder);
      for (const name of Object.keys(env ?? {})) delete process.env[name];
    }
  });
}

async function runStep(step: Step, port: number): Promise<void> {
  backend.script(step.backend ?? [{}]);
  backend.take();
  const answer = await send(step, port);
  assert.equal(answer.status, step.response.status, `status; body: ${answer.body}`);
  for (const [name, expected] of Object.entries(step.response.headers ?? {}))
    expect(answer.headers.get(name.toLowerCase()), expected, `response ${name}`);
  if (step.response.body !== undefined) expect(answer.body, step.response.body, "response body");
  if (step.upstream !== undefined) checkUpstream(step.upstream, backend.take());
}

function checkUpstream(expected: NonNullable<Step["upstream"]>, calls: RecordedRequest[]): void {
  assert.equal(calls.length, expected.length, "number of backend calls");
  for (const [i, call] of expected.entries()) {
    if (call.method !== undefined) assert.equal(calls[i].method, call.method, "upstream method");
    if (call.path !== undefined) assert.equal(calls[i].path, call.path, "upstream path");
    for (const [name, value] of Object.entries(call.headers ?? {}))
      expect(calls[i].headers.get(name.toLowerCase()), value, `upstream ${name}`);
    if (call.body !== undefined) expect(calls[i].body, call.body, "upstream body");
  }
}

function expect(actual: string | undefined, expected: Expected, what: string): void {
  if (expected === null) assert.equal(actual, undefined, what);
  else if (/^\/.*\/$/s.test(expected)) assert.match(actual ?? "", new RegExp(expected.slice(1, -1)), what);
  else assert.equal(actual, expected, what);
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function send(step: Step, port: number): Promise<Answer> {
  const { method = "GET", path = "/t/items/42", headers = {}, body, key = true } = step.request ?? {};
  const all = key ? { "Ocp-Apim-Subscription-Key": KEY, ...headers } : headers;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const found = new Map<string, string>();
        for (const [name, value] of Object.entries(response.headers)) found.set(name, [value].flat().join(" | "));
        resolve({ status: response.statusCode ?? 0, headers: found, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
