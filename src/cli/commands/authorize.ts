/**
 * `sallyport authorize`: connects a connection of the credential store. A person consents in a browser; what comes back to this machine
 * becomes the refresh token that the gateway uses from then on.
 */
import { systemClock } from "../../base/clock.ts";
import { Body } from "../../http/body.ts";
import type { IncomingRequest, Reply } from "../../http/front.ts";
import { Headers } from "../../http/headers.ts";
import { NodeFront } from "../../http/node-front.ts";
import { NodeUpstream } from "../../http/node-upstream.ts";
import { postForm } from "../../http/post-form.ts";
import { defaultSettings } from "../../resources/empty-snapshot.ts";
import { loadFolder } from "../../resources/load.ts";
import { vendorFence } from "../../http/vendor-fence.ts";
import { Keyring } from "../../secrets/keyring.ts";
import { contextTrusting } from "../../secrets/trust.ts";
import { reasonOf, SILENT } from "../../secrets/notes.ts";
import { type Arguments, type Command, FINE, MISTAKES, numberOption, textOption, UsageError } from "../command.ts";
import { countText, printFrames, textsOf } from "../report.ts";
import { printable, type Terminal } from "../terminal.ts";

const CALLBACK = "/callback";
const WAIT_MS = 10 * 60_000;

export const authorize: Command = {
  help: `Usage: sallyport authorize FOLDER PROVIDER/CONNECTION [--port PORT] [--settings FILE] [--environment NAME]

Connects a connection of the credential store (authorizations in sallyport.yaml) that needs somebody's consent: prints an
address to open in a browser, waits until the provider sends the browser back to this machine, and keeps the refresh
token, encrypted, in authorizations.store. A gateway that runs takes it from there. Register
http://127.0.0.1:PORT/callback with the provider as redirect address.

  --port PORT          port of the redirect address (default: 8484)
  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)

Examples:
  sallyport authorize apim-artifacts github/main
  sallyport authorize apim-artifacts github/main --environment production`,
  options: { port: { type: "string" }, settings: { type: "string" }, environment: { type: "string" } },
  async run(args, terminal) {
    const [folder, name] = args.positionals;
    if (args.positionals.length !== 2 || !/^[^/]+\/[^/]+$/.test(name))
      throw new UsageError("FOLDER and PROVIDER/CONNECTION are wanted");
    const keyring = new Keyring({ clock: systemClock, notes: SILENT, env: process.env });
    const loaded = await loadFolder(folder, {
      keyring,
      fence: (egress, authorities) => vendorFence(egress, contextTrusting(authorities)),
      settingsFile: textOption(args, "settings"),
      environment: textOption(args, "environment"),
    });
    if (loaded.snapshot === undefined) {
      printFrames(loaded.diagnostics, textsOf(folder, "."), terminal.err);
      terminal.err.line(`Not connected: ${countText(loaded.diagnostics)}.`);
      return MISTAKES;
    }
    keyring.activate();
    return connect(keyring, name, args, terminal);
  },
};

async function connect(keyring: Keyring, name: string, args: Arguments, terminal: Terminal): Promise<number> {
  const upstream = new NodeUpstream();
  keyring.authorizations.post = (url, headers, form) => postForm(upstream, url, headers, form);
  const landing = new Landing(numberOption(args, "port", 0, 65_535) ?? 8484);
  try {
    const redirectUri = await landing.listen();
    const { url, state, finish } = keyring.authorizations.begin(name, redirectUri);
    terminal.err.line(`Open this address in a browser, and consent:\n\n  ${url}\n`);
    terminal.err.line(`Waiting at ${redirectUri} ...`);
    await landing.arrival(state, finish);
    terminal.err.line(`Connected: ${printable(name)}.`);
    return FINE;
  } catch (error) {
    terminal.err.line(`Not connected: ${printable(reasonOf(error))}`);
    return MISTAKES;
  } finally {
    await landing.close();
    await upstream.close();
  }
}

/** Where the browser is sent back to: one request, on this machine alone. */
class Landing {
  readonly #front: NodeFront;
  #expected: { readonly state: string; readonly finish: (code: string) => Promise<void> } | undefined;
  readonly #arrived = Promise.withResolvers<void>();

  constructor(port: number) {
    this.#front = new NodeFront({
      name: "authorize",
      host: "127.0.0.1",
      port,
      limits: { ...defaultSettings().http, maxConnections: 10 },
      onRequest: (request, reply) => this.#answer(request, reply),
      onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
    });
  }

  /** Answers the redirect address. */
  async listen(): Promise<string> {
    const { host, port } = await this.#front.listen();
    return `http://${host}:${port}${CALLBACK}`;
  }

  close(): Promise<void> {
    return this.#front.close();
  }

  /** Resolves when the browser came with the right state and its code was turned into a token. */
  async arrival(state: string, finish: (code: string) => Promise<void>): Promise<void> {
    this.#expected = { state, finish };
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("nobody came back within ten minutes")), WAIT_MS);
    });
    await Promise.race([this.#arrived.promise, tooLate]).finally(() => clearTimeout(timer));
  }

  #answer(request: IncomingRequest, reply: Reply): void {
    const url = new URL(request.target, "http://127.0.0.1");
    const expected = this.#expected;
    if (request.method !== "GET" || url.pathname !== CALLBACK || expected === undefined) {
      say(reply, 404, "Not found.");
      return;
    }
    // RFC 6749 section 10.12: whoever brings another state was not sent by us.
    if (url.searchParams.get("state") !== expected.state) {
      say(reply, 400, "This is not the answer that was waited for.");
      return;
    }
    this.#expected = undefined;
    this.#take(url.searchParams, expected.finish).then(
      () => {
        say(reply, 200, "Connected. You may close this page.");
        this.#arrived.resolve();
      },
      (error: unknown) => {
        say(reply, 400, "Not connected: see the terminal.");
        this.#arrived.reject(error);
      },
    );
  }

  #take(parameters: URLSearchParams, finish: (code: string) => Promise<void>): Promise<void> {
    const code = parameters.get("code");
    if (code !== null) return finish(code);
    const what = [parameters.get("error"), parameters.get("error_description")].filter(Boolean).join(": ");
    return Promise.reject(new Error(`the provider said no: ${what.slice(0, 300)}`));
  }
}

function say(reply: Reply, status: number, text: string): void {
  const headers = new Headers(["Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-store"]);
  reply.send(status, "", headers, Body.text(text));
}
