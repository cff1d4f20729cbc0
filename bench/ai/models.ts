/**
 * A model service for benchmarks, as cheap as Node can be: an answer of a chat with its usage, or a stream of 200 events of 100 bytes, one each
 * 20 ms, each with the time at which it left (CLOCK_MONOTONIC, which all processes of a machine share).
 */
import { createServer, type Socket } from "node:net";
import { ready } from "../child.ts";

const HEAD = "HTTP/1.1 200 OK\r\nDate: Mon, 06 May 2024 07:08:09 GMT\r\nServer: bench\r\n";
const ANSWER = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_715_000_000,
  model: "gpt-4o",
  choices: [{ index: 0, message: { role: "assistant", content: "word ".repeat(80) }, finish_reason: "stop" }],
  usage: { prompt_tokens: 400, completion_tokens: 80, total_tokens: 480 },
});
const SMALL = Buffer.from(`${HEAD}Content-Type: application/json\r\nContent-Length: ${ANSWER.length}\r\n\r\n${ANSWER}`);
export const EVENTS = 200;
const EVENT_BYTES = 100;
const EVENT_MS = 20;
const STREAM_HEAD = `${HEAD}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n`;

function event(): string {
  const start = `data: {"choices":[{"index":0,"delta":{"content":"T${process.hrtime.bigint()};`;
  return `${start.padEnd(EVENT_BYTES - 7, "x")}"}}]}\n\n`;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function stream(socket: Socket): void {
  let left = EVENTS;
  // Streams do not beat in time.
  setTimeout(() => {
    socket.write(STREAM_HEAD + chunk(event()), "latin1");
    const timer = setInterval(() => {
      if (--left > 0 && !socket.destroyed) {
        socket.write(chunk(event()), "latin1");
        return;
      }
      clearInterval(timer);
      socket.write(`${chunk("data: [DONE]\n\n")}0\r\n\r\n`);
    }, EVENT_MS);
  }, Math.random() * EVENT_MS);
}

function serve(socket: Socket): void {
  let pending = "";
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("data", (data) => {
    pending += data.toString("latin1");
    for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
      const head = pending.slice(0, end);
      const bodyEnd = bodyEndOf(pending, end + 4, head);
      if (bodyEnd < 0) return;
      const isStream = pending.slice(end, bodyEnd).includes('"stream":true');
      pending = pending.slice(bodyEnd);
      if (isStream) stream(socket);
      else socket.write(SMALL);
    }
  });
}

/** -1: there is more to come. */
function bodyEndOf(text: string, start: number, head: string): number {
  if (/transfer-encoding: *chunked/i.test(head)) {
    const last = text.indexOf("\r\n0\r\n\r\n", start);
    return last < 0 ? -1 : last + 7;
  }
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return text.length < start + length ? -1 : start + length;
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => ready(server.address()));
