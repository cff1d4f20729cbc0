/** Backend of the benchmarks: answers every request with 1,000 bytes, as cheaply as Node can, so that the proxies are what is measured. */
import { createServer, type Socket } from "node:net";
import { ready } from "./child.ts";

const BODY = JSON.stringify({
  items: Array.from({ length: 16 }, (_, id) => ({ id, name: `item number ${id}`, price: id * 9.5 })),
});
const CONTENT = BODY.padEnd(1_000, " ");
const ANSWER = Buffer.from(
  "HTTP/1.1 200 OK\r\nDate: Mon, 06 May 2024 07:08:09 GMT\r\nServer: bench\r\nContent-Type: application/json\r\n" +
    `Cache-Control: no-store\r\nContent-Length: ${CONTENT.length}\r\n\r\n${CONTENT}`,
);

/** Requests are small and whole, or come in few pieces: what is left is kept as text. */
function serve(socket: Socket): void {
  let pending = "";
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    pending += chunk.toString("latin1");
    for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
      const length = Number(/content-length: *(\d+)/i.exec(pending.slice(0, end))?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      pending = pending.slice(end + 4 + length);
      socket.write(ANSWER);
    }
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => ready(server.address()));
