/** D13, O5: whoever reads the log goes away or stands still. Traffic goes on, losses are counted, and lines come again. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { startSallyport } from "../support/cli.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

async function running(t: TestContext, workers: number) {
  const backend = await RecordingBackend.start();
  const adminPort = await freePort();
  const folder = await writeFolder({
    serviceUrl: backend.url,
    settings: { admin: { port: adminPort }, accessLog: true },
  });
  const gateway = startSallyport(t, ["run", folder, "--port", "0", "--workers", String(workers)]);
  t.after(async () => {
    await backend.close();
    await removeFolder(folder);
  });
  const [, origin] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  const call = async (n: number) => {
    // Long paths fill the pipe soon.
    const url = `${origin}/t/items/${n}?filler=${"x".repeat(1_500)}`;
    const response = await fetch(url, { headers: { "Ocp-Apim-Subscription-Key": KEY } });
    await response.arrayBuffer();
    return response.status;
  };
  const calls = async (count: number) => {
    for (let n = 0; n < count; n += 20)
      assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, (_, i) => call(n + i)))), new Set([200]));
  };
  const dropped = async () => {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
    return Number(/^sallyport_log_lines_dropped_total\{log="access"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  return { process: gateway.process, calls, dropped };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400 && !(await condition()); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(await condition());
}

for (const workers of [1, 2]) {
  test(`standard output that is closed costs lines, no requests (threads: ${workers})`, async (t) => {
    const gateway = await running(t, workers);
    await gateway.calls(20);
    gateway.process.stdout.destroy();
    await gateway.calls(200);
    await until(async () => (await gateway.dropped()) > 0);
    await gateway.calls(20);
    assert.equal(gateway.process.exitCode, null);
  });

  test(`standard output that nobody reads delays no request, and lines come again (threads: ${workers})`, async (t) => {
    const gateway = await running(t, workers);
    let lines = 0;
    gateway.process.stdout.on("data", (text: string) => {
      lines += text.split("\n").length - 1;
    });
    gateway.process.stdout.pause();
    // Far more than a pipe and what both ends keep of it.
    await gateway.calls(400);
    gateway.process.stdout.resume();
    await until(() => lines > 0);
    const before = lines;
    await gateway.calls(20);
    await until(async () => lines + (await gateway.dropped()) >= 420 && lines > before);
  });
}
