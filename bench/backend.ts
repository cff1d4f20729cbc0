/**
 * Backend of the benchmarks, as cheap as Node can be, so that the proxies are what is measured: 1,000 bytes, 64 KiB for paths that end in
 * `large`, 200 chunks of 64 bytes for those that end in `stream`.
 */
import { createServer, type Socket } from "node:net";
import { ready } from "./child.ts";

const HEAD =
  "HTTP/1.1 200 OK\r\nDate: Mon, 06 May 2024 07:08:09 GMT\r\nServer: bench\r\nContent-Type: application/json\r\n" +
  "Cache-Control: no-store\r\n";
const ITEMS = Array.from({ length: 16 }, (_, id) => ({ id, name: `item number ${id}`, price: id * 9.5 }));
const CONTENT = JSON.stringify({ items: ITEMS }).padEnd(1_000, " ");
const SMALL = Buffer.from(`${HEAD}Content-Length: ${CONTENT.length}\r\n\r\n${CONTENT}`);
const LARGE = Buffer.from(`${HEAD}Content-Length: 65536\r\n\r\n${"x".repeat(65_536)}`);
const CHUNKS = 200;
const CHUNK = Buffer.from(`40\r\n${"data: token ".padEnd(62, "x")}\n\n\r\n`);
const STREAM_HEAD = Buffer.from(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** Chunks leave in turns of their own, as those of a model do. */
function stream(socket: Socket): void {
  let left = CHUNKS;
  socket.write(STREAM_HEAD);
  const next = () => {
    socket.write(left === 0 ? LAST_CHUNK : CHUNK);
    if (left-- > 0) setImmediate(next);
  };
  next();
}

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
      const path = pending.slice(0, pending.indexOf("\r\n"));
      pending = pending.slice(end + 4 + length);
      if (path.includes("/stream")) stream(socket);
      else socket.write(path.includes("/large") ? LARGE : SMALL);
    }
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => ready(server.address()));
