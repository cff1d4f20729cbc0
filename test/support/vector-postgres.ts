/** PostgreSQL with pgvector, in WebAssembly, behind a socket: what clients say goes to it as it is, one session for all of them. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

/** Requests for TLS and of a start (https://www.postgresql.org/docs/current/protocol-message-formats.html): they have no type. */
const SSL_REQUEST = 80_877_103;

export class VectorPostgres {
  readonly url: string;
  readonly #database: PGlite;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(database: PGlite, server: Server) {
    this.#database = database;
    this.#server = server;
    this.url = `postgres://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`;
    server.on("connection", (socket) => this.#serve(socket));
  }

  /** @param hasVectors whether pgvector is there to be created */
  static async start(hasVectors = true): Promise<VectorPostgres> {
    const database = await PGlite.create(hasVectors ? { extensions: { vector } } : {});
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new VectorPostgres(database, server);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.#last;
    await this.#database.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let rest: Buffer = Buffer.alloc(0);
    let hasStarted = false;
    socket.on("data", (data) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const at = hasStarted ? 1 : 0;
        if (rest.length < at + 4) return;
        const end = at + rest.readUInt32BE(at);
        if (rest.length < end) return;
        const message = Uint8Array.from(rest.subarray(0, end));
        rest = rest.subarray(end);
        if (!hasStarted && end === 8 && Buffer.from(message).readUInt32BE(4) === SSL_REQUEST) {
          socket.write("N");
          continue;
        }
        // `X`: the client leaves; the session stays for the others.
        if (hasStarted && message[0] === 88) return void socket.end();
        hasStarted = true;
        this.#last = this.#last.then(async () => {
          const answer = await this.#database.execProtocolRaw(message);
          if (!socket.destroyed) socket.write(answer);
        });
      }
    });
  }
}
