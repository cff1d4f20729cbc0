/** A TCP proxy that makes a network bad: it delays what passes, and resets connections at random. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

export class ChaosProxy {
  /** Each way, in ms. */
  delayMs = 0;
  /** Of the pieces that pass, the share at which the connection is reset. */
  resetShare = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: number): Promise<ChaosProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new ChaosProxy(server);
    server.on("connection", (near) => {
      const far = connect({ port, host: "127.0.0.1", noDelay: true });
      for (const socket of [near, far]) {
        proxy.#sockets.add(socket);
        socket.on("close", () => {
          proxy.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
        socket.on("error", () => {});
      }
      near.on("data", (data) => proxy.#pass(data, near, far));
      far.on("data", (data) => proxy.#pass(data, far, near));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pass(data: Buffer, from: Socket, to: Socket): void {
    if (Math.random() < this.resetShare) {
      from.resetAndDestroy();
      return;
    }
    if (this.delayMs === 0) to.write(data);
    else setTimeout(() => to.write(data), this.delayMs);
  }
}
