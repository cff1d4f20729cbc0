import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { isFlushed, writeText } from "./direct-write.ts";

/** Both ends of a connection; what the first test writes through the stream teaches the class of Node's requests. */
async function pair(): Promise<{ near: Socket; far: Socket; close(): Promise<void> }> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const far = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const near = await accepted;
  near.on("error", () => {});
  far.on("error", () => {});
  const close = async () => {
    near.destroy();
    far.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { near, far, close };
}

const anyTime = { flushed: () => {} };
const never = { flushed: () => assert.fail("it was over at once") };

test("small texts are with the kernel at once, in order with what the stream writes", async () => {
  const { near, far, close } = await pair();
  assert.equal(writeText(near, "first\xe4", anyTime), true);
  assert.equal(writeText(near, "second", never), true);
  near.write("third");
  assert.equal(writeText(near, "fourth", never), true);
  near.end();
  let text = "";
  for await (const chunk of far) text += (chunk as Buffer).toString("latin1");
  assert.equal(text, "first\xe4secondthirdfourth");
  await close();
});

test("what the kernel does not take follows later, and is told", async () => {
  const { near, far, close } = await pair();
  far.pause();
  const line = "x".repeat(16_000);
  let written = 1;
  const flushed = new Promise<void>((resolve) => {
    while (writeText(near, line, { flushed: resolve })) written++;
  });
  assert.equal(isFlushed(near), false);
  near.write("end of the stream");
  near.end();
  let received = 0;
  let last = "";
  far.on("data", (chunk) => {
    received += chunk.length;
    last = chunk.toString("latin1");
  });
  const ended = new Promise((resolve) => far.once("end", resolve));
  far.resume();
  await flushed;
  await ended;
  assert.equal(received, written * line.length + "end of the stream".length);
  assert.ok(last.endsWith("xend of the stream"));
  await close();
});

test("a connection that the other end has reset is closed", async () => {
  const { near, far, close } = await pair();
  near.resume();
  const closed = new Promise<void>((resolve) => near.once("close", () => resolve()));
  far.resetAndDestroy();
  for (let i = 0; i < 100 && !near.destroyed; i++) {
    writeText(near, "to nobody", anyTime);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  assert.equal(writeText(near, "afterwards", anyTime), false);
  await close();
});
