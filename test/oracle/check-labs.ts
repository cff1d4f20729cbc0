/**
 * Runs real policy documents of AI-Gateway labs against a local model: each one loads or is refused for a reason that is stated, and a call of
 * a model through each that loads has an answer. The documents are not part of the project.
 *   node test/oracle/check-labs.ts ../shared
 * Prints a line for each and counts; exits with 1 when one is refused without a reason, or a call fails inside the gateway.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ModelServer } from "../../examples/ai/model-server.ts";
import { systemClock } from "../../src/base/clock.ts";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { DataPlane } from "../../src/fleet/data-plane.ts";
import { policies } from "../../src/policies/index.ts";
import { defaultSettings, emptySnapshot } from "../../src/resources/empty-snapshot.ts";
import { subscriptionOf } from "../../src/resources/settings/apply.ts";
import type { Backend, Snapshot } from "../../src/resources/snapshot.ts";
import { allocateStores } from "../../src/state/open.ts";
import { api, operation } from "../support/snapshot.ts";

const shared = process.argv[2] ?? "../shared";
const LABS = "Azure-Samples__AI-Gateway/";
/** Of documents that are not what an author would deploy. */
const NOT_DEPLOYABLE =
  /^(maybe-placeholder|csharp-parse-error|unparseable-by-lenient-scanner|ellipsis|bare-element|no-single-root)$/;
/** The policy is known and not supported yet: the message says so by its name. */
const UNSUPPORTED = "SP2001";

const CHAT = JSON.stringify({ model: "gpt-4.1", messages: [{ role: "user", content: "Good morning" }] });

const model = await ModelServer.start({ port: 0, name: "lab", accepts: () => true });
const url = `http://127.0.0.1:${model.port}/openai`;

function backend(id: string): Backend {
  return {
    id,
    title: id,
    url,
    protocol: "http",
    type: "Single",
    credentials: undefined,
    validateCertificateChain: true,
    validateCertificateName: true,
    properties: {},
  };
}

/** Says in the answer why a call was refused, or what its document lacks here. */
const GLOBAL = `<policies><inbound /><backend><forward-request /></backend><outbound /><on-error>
  <set-header name="X-Error"><value>@(context.LastError.Source + ": " + context.LastError.Message)</value></set-header>
</on-error></policies>`;
const KEY = "key-of-the-lab-0123456789";

/** All that the document names is there, and leads to the model. */
function configuration(text: string, file: string): Snapshot {
  const names = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
  const value = (name: string) =>
    /ur[il]|endpoint|resource|host/i.test(name) ? url : "0c0ffee0-0000-4000-8000-00c0ffee0000";
  const settings = defaultSettings();
  const listeners = settings.listeners.map((listener) => ({ ...listener, port: 0 }));
  const own = { ...settings, listeners, accessLog: { enabled: false, file: undefined } };
  return {
    ...emptySnapshot({ ...own, egress: { ...settings.egress, private: "any" } }),
    apis: [
      api("lab", {
        serviceUrl: url,
        subscriptionRequired: true,
        operations: [operation("POST", "/deployments/{deployment-id}/chat/completions")],
        policy: { source: new SourceText(text, file) },
      }),
    ],
    policy: { source: new SourceText(GLOBAL, "policy.xml") },
    subscriptions: [{ ...subscriptionOf("lab", { kind: "all-apis" }), primaryKey: KEY }],
    namedValues: new Map(
      names(/\{\{\s*([\w.-]+)\s*\}\}/g).map((name) => [name, { id: name, name, value: value(name), isSecret: false }]),
    ),
    backends: new Map(names(/backend-id="([\w.-]+)"/g).map((id) => [id, backend(id)])),
    fragments: new Map(
      names(/fragment-id="([\w.-]+)"/g).map((id) => [id, { source: new SourceText("<fragment />", id) }]),
    ),
  };
}

/** What becomes of a document: a status, or why it is refused. */
async function run(text: string, file: string): Promise<{ readonly line: string; readonly isFine: boolean }> {
  const { program, diagnostics } = loadProgram(configuration(text, file), policies);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (program === undefined) {
    const [{ code, line, column, message }] = errors;
    return {
      line: `refused  ${line}:${column} ${code} ${message}`,
      isFine: errors.every((e) => e.code === UNSUPPORTED),
    };
  }
  const logged: string[] = [];
  const note = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const { settings } = program.snapshot;
  const plane = await DataPlane.start({
    program,
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: note },
    memory: allocateStores({ ...settings.stores }),
    owner: 0,
    threads: 1,
    replica: "labs",
    identities: () => ({
      identities: { token: async () => "token-of-the-gateway" },
      authorizations: { token: async () => ({ accessToken: "token-of-a-connection", claims: {} }) as never },
    }),
  });
  try {
    const address = `http://127.0.0.1:${plane.addresses[0].port}/lab/deployments/gpt-4.1/chat/completions?api-version=2024-10-21`;
    const headers = {
      "Content-Type": "application/json",
      Authorization: "Bearer no-token",
      "Ocp-Apim-Subscription-Key": KEY,
    };
    const answer = await fetch(address, { method: "POST", headers, body: CHAT, signal: AbortSignal.timeout(20_000) });
    const body = (await answer.text()).replaceAll(/\s+/g, " ");
    const isFine = logged.length === 0;
    const told = answer.headers.get("X-Error") ?? body;
    return { line: `${answer.status}      ${isFine ? told.slice(0, 150) : logged[0]}`, isFine };
  } catch (error) {
    return { line: `no answer: ${(error as Error).message}`, isFine: false };
  } finally {
    await plane.close();
  }
}

const documents = readFileSync(join(shared, "corpus/index.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as { readonly file: string; readonly flags: readonly string[] })
  .filter(({ file, flags }) => file.startsWith(LABS) && !flags.some((flag) => NOT_DEPLOYABLE.test(flag)));

const counts = { fine: 0, failed: 0 };
const statuses = new Map<string, number>();
for (const { file } of documents) {
  const { line, isFine } = await run(readFileSync(join(shared, "corpus", file), "utf8"), file);
  counts[isFine ? "fine" : "failed"]++;
  const [kind] = line.split(" ");
  statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
  console.log(`${isFine ? "ok    " : "FAILED"} ${file.slice(LABS.length).padEnd(90)} ${line}`);
}
model.close();
const byStatus = [...statuses].sort().map(([kind, count]) => `${kind}: ${count}`);
console.log(
  `${documents.length} documents: ${counts.fine} as they should, ${counts.failed} not (${byStatus.join(", ")})`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
