/** A worker thread: serves requests on the ports that all workers share. Configurations, tokens and the end come from the main thread. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { loadProgram } from "../engine/load.ts";
import type { Program } from "../engine/program.ts";
import type { Authorizations, GrantedToken, Identities } from "../kit/identities.ts";
import { UsageBatch } from "../ledger/open.ts";
import { policies } from "../policies/index.ts";
import { revived } from "../resources/revive.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import { JsonLog } from "../telemetry/json-log.ts";
import { BufferedLineWriter } from "../telemetry/line-writer.ts";
import type { Sink } from "../telemetry/sink.ts";
import { MetricRegistry } from "../telemetry/metric-registry.ts";
import { countDropped, DataPlane } from "./data-plane.ts";
import type { FromWorker, LogName, ToWorker, WorkerStart } from "./messages.ts";

/** Tokens are asked for again after this time: the main thread renews them well before they expire. */
const TOKEN_MEMO_MS = 10_000;
const MAX_TOKENS = 1_000;

class Main {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  readonly #writing = new Map<number, (error: Error | null) => void>();
  readonly #tokens = new Map<string, { readonly at: number; readonly token: Promise<unknown> }>();
  #next = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  say(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  identities: Identities = {
    token: (resource, clientId) => this.#token("identity", [resource, clientId]) as Promise<string>,
  };

  authorizations: Authorizations = {
    token: (providerId, authorizationId) =>
      this.#token("authorization", [providerId, authorizationId]) as Promise<GrantedToken>,
  };

  /** Log bytes are written by the main thread, so that lines of several workers never mix. */
  sink(to: LogName): Sink {
    return {
      write: (bytes, done) => {
        const block = this.#next++;
        this.#writing.set(block, done);
        const copy = new Uint8Array(bytes);
        this.say({ kind: "lines", to, block, bytes: copy }, [copy.buffer]);
      },
      close: () => {},
    };
  }

  heard(message: ToWorker): void {
    if (message.kind === "written") {
      const done = this.#writing.get(message.block);
      this.#writing.delete(message.block);
      done?.(message.problem === undefined ? null : new Error(message.problem));
      return;
    }
    if (message.kind !== "answer" && message.kind !== "failure") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "answer") waiting?.resolve(message.value as never);
    else waiting?.reject(new Error(message.message));
  }

  #token(what: "identity" | "authorization", values: readonly (string | undefined)[]): Promise<unknown> {
    const name = JSON.stringify([what, ...values]);
    const now = systemClock.monotonic();
    const known = this.#tokens.get(name);
    if (known !== undefined && now - known.at < TOKEN_MEMO_MS) return known.token;
    const token = this.#ask(what, values);
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.clear();
    this.#tokens.set(name, { at: now, token });
    token.catch(() => this.#tokens.delete(name));
    return token;
  }

  #ask(what: "identity" | "authorization", values: readonly (string | undefined)[]): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.say({ kind: "ask", id, what, values });
    });
  }
}

function compile(snapshot: Snapshot): Program {
  const { program, diagnostics } = loadProgram(revived(snapshot), policies);
  // The main thread has compiled the same: this cannot fail unless something is broken.
  if (program === undefined) throw new Error(diagnostics.find((d) => d.severity === "error")?.message ?? "no program");
  return program;
}

async function serve(port: MessagePort, start: WorkerStart): Promise<void> {
  const main = new Main(port);
  const logWriter = new BufferedLineWriter(main.sink("log"));
  const log = new JsonLog(logWriter, systemClock);
  const registry = start.counts ? new MetricRegistry() : undefined;
  if (registry !== undefined) countDropped(registry, { operational: logWriter });
  const usage = start.keepsUsage ? new UsageBatch((records) => main.say({ kind: "usage", records })) : undefined;
  let plane: DataPlane | undefined;
  const end = async (how: "drain" | "close") => {
    await plane?.[how]();
    usage?.flush();
    await logWriter.flush();
    main.say({ kind: "ended" });
  };
  port.on("message", (message: ToWorker) => {
    main.heard(message);
    if (message.kind === "drain" || message.kind === "close") void end(message.kind);
    if (message.kind === "measure")
      main.say({ kind: "measured", id: message.id, families: registry?.snapshot() ?? [] });
    if (message.kind !== "activate") return;
    try {
      plane?.activate(compile(message.snapshot));
      main.say({ kind: "activated", id: message.id, problem: undefined });
    } catch (error) {
      main.say({ kind: "activated", id: message.id, problem: (error as Error).message });
    }
  });
  plane = await DataPlane.start({
    ...start,
    program: compile(start.snapshot),
    clock: systemClock,
    log,
    accessSink: main.sink("access"),
    messageSink: main.sink("messages"),
    keepUsage: usage && ((records) => usage.add(records)),
    tellKeptKeys: (url, until) => main.say({ kind: "kept-keys", url, until }),
    securitySink: start.tellsSecurity ? main.sink("security") : undefined,
    registry,
    identities: () => ({ identities: main.identities, authorizations: main.authorizations }),
    sharing: start,
  });
  main.say({ kind: "started", addresses: plane.addresses });
}

const port = parentPort;
if (port !== null) {
  serve(port, workerData as WorkerStart).catch((error: Error) => {
    port.postMessage({ kind: "unstarted", message: error.message } satisfies FromWorker);
    port.close();
  });
}
