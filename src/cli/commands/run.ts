/**
 * `sallyport run`: serves a configuration until it is told to stop. Its own words go to standard error; standard
 * output has the logs.
 */
import { availableParallelism } from "node:os";
import { ConfigurationError, type LoadedConfiguration, type RunningGateway, startGateway } from "../../main.ts";
import type { Snapshot, Subscription } from "../../resources/snapshot.ts";
import {
  type Arguments,
  type Command,
  FINE,
  flag,
  MISTAKES,
  numberOption,
  onlyPositional,
  textOption,
  UsageError,
} from "../command.ts";
import { countText, printFrames, textsOf } from "../report.ts";
import { unsafeSwitches } from "../runtime-safety.ts";
import { contents, ignoredText } from "../snapshot-summary.ts";
import { stateFileOf } from "../state-files.ts";
import { columns, printable, type Terminal } from "../terminal.ts";

export const run: Command = {
  help: `Usage: sallyport run FOLDER [--dev] [--settings FILE] [--environment NAME] [--host HOST] [--port PORT]
                            [--workers N] [--insecure] [--no-watch] [--last-good FILE]

Serves a configuration folder as the APIOps extractor writes it. What an extract lacks - listeners, keys, secrets, other
backends - stands in sallyport.yaml beside it. A changed file is loaded at once; when it has mistakes, the old
configuration stays in force.

  --dev                make keys for subscriptions that have none and print them; allow tracing to everyone
  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)
  --host HOST          address of the first listener (default: as in the settings, else 127.0.0.1)
  --port PORT          port of the first listener (default: as in the settings, else 8080); 0 picks a free one
  --workers N          threads that serve requests (default: as in the settings, else one for each core; one with --dev)
  --insecure           allow plain HTTP beyond this machine, behind a proxy that ends TLS
  --no-watch           do not watch the files
  --last-good FILE     keep what is in force here, encrypted with SALLYPORT_LAST_GOOD_KEY, and start with it when the folder
                       cannot be loaded (default: SALLYPORT_LAST_GOOD)

Signals: SIGTERM and SIGINT stop without losing a request (a second one stops at once); SIGHUP loads again.

Examples:
  sallyport run apim-artifacts --dev
  sallyport run apim-artifacts --settings production.yaml
  SALLYPORT_ENVIRONMENT=test sallyport run apim-artifacts --port 9000`,
  options: {
    dev: { type: "boolean" },
    settings: { type: "string" },
    environment: { type: "string" },
    host: { type: "string" },
    port: { type: "string" },
    workers: { type: "string" },
    insecure: { type: "boolean" },
    watch: { type: "boolean" },
    "last-good": { type: "string" },
  },
  async run(args, terminal) {
    const folder = onlyPositional(args, "FOLDER");
    const unsafe = unsafeSwitches(process);
    for (const sentence of unsafe) terminal.err.line(`sallyport run: ${sentence}`);
    if (unsafe.length > 0) return MISTAKES;
    const session = new Session(folder, terminal);
    let gateway: RunningGateway;
    try {
      gateway = await startGateway({
        folder,
        ...loadOptions(args),
        lastGood: lastGoodOf(args, terminal.env),
        quotaFile: stateFileOf("quotas", folder, terminal.env),
        ledgerFile: stateFileOf("usage", folder, terminal.env),
        onReload: (loaded) => session.reloaded(loaded),
      });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      printFrames(error.diagnostics, textsOf(folder, "."), terminal.err);
      if (error.copyProblem !== undefined)
        terminal.err.line(`The last good copy cannot be used instead: ${printable(error.copyProblem)}.`);
      terminal.err.line(`Not started: ${countText(error.diagnostics)}.`);
      return MISTAKES;
    }
    // Signals are listened to before anyone is told that there is something to signal to.
    const stopped = untilStopped(gateway, session, terminal);
    session.started(gateway);
    return stopped;
  },
};

function lastGoodOf(args: Arguments, env: Terminal["env"]): { file: string; key: string } | undefined {
  const file = textOption(args, "last-good") ?? (env.SALLYPORT_LAST_GOOD || undefined);
  if (file === undefined) return undefined;
  const key = env.SALLYPORT_LAST_GOOD_KEY;
  if (!key) throw new UsageError("The last good copy needs a secret to be encrypted with: set SALLYPORT_LAST_GOOD_KEY");
  return { file, key };
}

function loadOptions(args: Arguments) {
  return {
    dev: flag(args, "dev") ?? false,
    watch: flag(args, "watch") ?? true,
    workers: numberOption(args, "workers", 1, 60),
    // More would not run faster, and traces of development are easier to find in one.
    usualWorkers: flag(args, "dev") ? 1 : availableParallelism(),
    settingsFile: textOption(args, "settings"),
    environment: textOption(args, "environment"),
    listener: {
      host: textOption(args, "host"),
      port: numberOption(args, "port", 0, 65_535),
      insecure: flag(args, "insecure"),
    },
  };
}

/** What is said at the start and at every reload. */
class Session {
  readonly #folder: string;
  readonly #terminal: Terminal;
  readonly #shownKeys = new Set<string>();
  #version = "";
  #settings = "";

  constructor(folder: string, terminal: Terminal) {
    this.#folder = folder;
    this.#terminal = terminal;
  }

  started({ addresses, loaded, instead }: RunningGateway): void {
    const { err } = this.#terminal;
    if (instead !== undefined) {
      printFrames(instead.diagnostics, textsOf(this.#folder, "."), err);
      const saved = new Date(instead.savedAt).toISOString();
      err.line(err.paint("red", `The folder cannot be loaded: serving the last good copy, of ${saved}, until it can.`));
    }
    printFrames(loaded.diagnostics, textsOf(this.#folder, "."), err);
    this.#version = loaded.snapshot.version;
    this.#settings = settingsText(loaded.snapshot);
    err.line(`Serving ${printable(this.#folder)}, version ${this.#version}: ${contents(loaded.snapshot)}.`);
    const ignored = ignoredText(loaded.snapshot);
    if (ignored !== undefined) err.line(ignored);
    for (const { name, scheme, host, port } of addresses) {
      const shown = host.includes(":") ? `[${host}]` : host;
      err.line(`Listening on ${err.paint("bold", `${scheme}://${shown}:${port}`)} (${printable(name)})`);
    }
    this.#showKeys(loaded.madeKeys, loaded.snapshot);
  }

  reloaded({ program, snapshot, diagnostics, madeKeys }: LoadedConfiguration): void {
    const { err } = this.#terminal;
    if (program === undefined || snapshot === undefined) {
      printFrames(diagnostics, textsOf(this.#folder, "."), err);
      err.line(err.paint("red", `Not reloaded: ${countText(diagnostics)}. Version ${this.#version} stays in force.`));
      return;
    }
    if (snapshot.version === this.#version) return;
    this.#version = snapshot.version;
    printFrames(diagnostics, textsOf(this.#folder, "."), err);
    err.line(`Reloaded, version ${this.#version}: ${contents(snapshot)}.`);
    const settings = settingsText(snapshot);
    if (settings !== this.#settings)
      err.line(
        "Listeners, admin, http, access log, security events and OTLP keep their old settings until the next start.",
      );
    this.#settings = settings;
    this.#showKeys(madeKeys, snapshot);
  }

  /** Reads again because someone asked: then no change is worth a word, too. */
  async reloadNow(gateway: RunningGateway): Promise<void> {
    const before = this.#version;
    const { program } = await gateway.reload();
    if (program !== undefined && before === this.#version)
      this.#terminal.err.line(`Read again: still version ${before}.`);
  }

  /** Each key once, and nowhere else: they are secrets, though short-lived ones. */
  #showKeys(keys: ReadonlyMap<string, string>, snapshot: Snapshot): void {
    const { err } = this.#terminal;
    const fresh = [...keys].filter(([id]) => !this.#shownKeys.has(id));
    if (fresh.length === 0) return;
    err.line("Keys made for this run (header Ocp-Apim-Subscription-Key); they are written nowhere:");
    const byId = new Map(snapshot.subscriptions.map((s) => [s.id, s]));
    for (const line of columns(fresh.map(([id, key]) => [`  ${printable(id)}`, key, scopeText(byId.get(id))])))
      err.line(line);
    for (const [id] of fresh) this.#shownKeys.add(id);
  }
}

function settingsText({ settings }: Snapshot): string {
  return JSON.stringify([
    settings.listeners,
    settings.admin,
    settings.http,
    settings.accessLog,
    settings.securityEvents,
    settings.otlp && { ...settings.otlp, headers: [...settings.otlp.headers] },
  ]);
}

function scopeText(subscription: Subscription | undefined): string {
  const scope = subscription?.scope;
  if (scope === undefined) return "";
  if (scope.kind === "api") return printable(`API ${scope.api}`);
  if (scope.kind === "product") return printable(`product ${scope.product}`);
  return scope.kind === "all-apis" ? "all APIs" : "everything";
}

/** Answers the exit code when the gateway has stopped. */
function untilStopped(gateway: RunningGateway, session: Session, terminal: Terminal): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (code: number) => {
      if (isStopping) {
        terminal.err.line("Stopping at once.");
        void gateway.stop().finally(() => resolve(code));
        return;
      }
      isStopping = true;
      terminal.err.line("Stopping: requests under way are finished.");
      gateway.drain().then(
        () => resolve(code),
        () => resolve(MISTAKES),
      );
    };
    process.on("SIGTERM", () => stop(FINE));
    process.on("SIGINT", () => stop(FINE));
    process.on("SIGHUP", () => {
      session
        .reloadNow(gateway)
        .catch((error: Error) => terminal.err.line(`Not reloaded: ${printable(error.message)}`));
    });
    // A defect: what is under way is finished, then a supervisor starts anew. Carrying on could serve anything.
    process.on("uncaughtException", (error) => {
      terminal.err.line(`sallyport: ${printable(error.stack ?? String(error))}`);
      stop(MISTAKES);
    });
  });
}
