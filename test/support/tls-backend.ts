/** A real HTTPS server that asks for a client certificate and remembers what it was shown. */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { AUTHORITY, type Identity, SERVER } from "./certificates.ts";

export interface SeenOverTls {
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Common name of the client's certificate; undefined: none was shown. */
  readonly client: string | undefined;
  readonly isTrusted: boolean;
}

export class TlsBackend {
  readonly seen: SeenOverTls[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(identity: Identity = SERVER): Promise<TlsBackend> {
    const server = createServer({
      cert: identity.certificate,
      key: identity.key,
      ca: AUTHORITY,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const backend = new TlsBackend(server);
    server.on("request", (request, response) => {
      const socket = request.socket as TLSSocket;
      const name = socket.getPeerCertificate().subject?.CN;
      const client = Array.isArray(name) ? name[0] : name;
      backend.seen.push({ url: request.url ?? "", headers: request.headers, client, isTrusted: socket.authorized });
      response.end("secret backend");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return backend;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get last(): SeenOverTls {
    const last = this.seen.at(-1);
    if (last === undefined) throw new Error("The backend was not asked.");
    return last;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
