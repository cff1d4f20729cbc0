/** The floor of sockets in Node: bytes are passed on both ways, unread, one connection to the backend for each client. No proxy can cost less. */
import { connect, createServer, type Socket } from "node:net";
import { ready } from "./child.ts";

const [backendPort] = process.argv.slice(2);

function pass(from: Socket, to: Socket): void {
  from.on("data", (chunk) => to.write(chunk));
  from.on("error", () => {});
  from.on("close", () => to.destroy());
}

const server = createServer({ noDelay: true }, (client) => {
  const backend = connect({ host: "127.0.0.1", port: Number(backendPort), noDelay: true });
  pass(client, backend);
  pass(backend, client);
});
server.listen(0, "127.0.0.1", () => ready(server.address()));
