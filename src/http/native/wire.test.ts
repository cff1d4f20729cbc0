import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { openWire } from "./wire.ts";

test("plain sockets are read into the shared buffer, and their server counts them as before", async () => {
  const seen: [text: string, isLent: boolean][] = [];
  const calls: string[] = [];
  let wire: Socket | undefined;
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    wire = openWire(socket, {
      received: (bytes, end, isLent) => {
        seen.push([bytes.toString("latin1", 0, end), isLent]);
        wire?.write("answer");
      },
      ended: () => {
        calls.push("ended");
        wire?.end();
      },
      closed: () => calls.push("closed"),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("question");
  const answer = await new Promise((resolve) => client.once("data", (data) => resolve(data.toString())));
  assert.equal(answer, "answer");
  assert.deepEqual(seen, [["question", true]]);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  client.end();
  await closed;
  assert.deepEqual(calls, ["ended", "closed"]);
});
