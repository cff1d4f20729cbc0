import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { enqueue, post } from "./batch.ts";

async function pair(): Promise<{ near: Socket; far: Socket; close(): Promise<void> }> {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const far = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const near = await accepted;
  const close = async () => {
    near.destroy();
    far.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { near, far, close };
}

test("what was read in one turn is dealt with at its end, in order", async () => {
  const seen: string[] = [];
  enqueue({ run: () => seen.push("first") });
  enqueue({ run: () => seen.push("second") });
  seen.push("read");
  await turn();
  assert.deepEqual(seen, ["read", "first", "second"]);
});

test("of many, the event loop gets to other things before the last", async () => {
  let run = 0;
  for (let i = 0; i < 1_000; i++) enqueue({ run: () => run++ });
  const seen: number[] = [];
  while (run < 1_000) {
    await turn();
    seen.push(run);
  }
  assert.ok(seen.length > 10 && seen[0] < 100, `after each turn: ${seen.join(" ")}`);
});

test("what is asked for by what runs has its own turn", async () => {
  const seen: string[] = [];
  const again = { run: () => seen.push("again") };
  enqueue({
    run: () => {
      seen.push("once");
      enqueue(again);
    },
  });
  await turn();
  await turn();
  assert.deepEqual(seen, ["once", "again"]);
});

test("one that throws takes no other with it", () => {
  const program = `
    import { enqueue } from ${JSON.stringify(new URL("./batch.ts", import.meta.url).href)};
    process.on("uncaughtException", (error) => console.log(error.message));
    enqueue({ run: () => console.log("before") });
    enqueue({ run: () => { throw new Error("a defect"); } });
    enqueue({ run: () => console.log("after") });
  `;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  assert.equal(stdout, "before\na defect\nafter\n");
});

test("messages leave together, and then their senders are told", async () => {
  const { near, far, close } = await pair();
  const other = await pair();
  const told: string[] = [];
  const sender = (name: string) => ({
    // By then both have been written.
    posted: () => told.push(`${name} ${near.bytesWritten} ${other.near.bytesWritten}`),
    flushed: () => {},
  });
  // The first message of all goes by the stream, which shows how messages are written.
  near.write(".");
  other.near.write(".");
  post(near, "one", sender("near"));
  post(other.near, "three", sender("other"));
  await Promise.resolve();
  assert.deepEqual(told, []);
  await turn();
  assert.deepEqual(told, ["near 4 6", "other 4 6"]);
  const [text] = (await far.take(1).toArray()) as Buffer[];
  assert.match(text.toString(), /^\.(one)?$/);
  await close();
  await other.close();
});

test("a connection that is given up meanwhile sends nothing", async () => {
  const { near, far, close } = await pair();
  post(near, "never", { posted: () => {}, flushed: () => {} });
  near.destroy();
  assert.deepEqual(await far.toArray(), []);
  await close();
});
