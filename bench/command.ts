/** The gateway by its command, with as many threads as wished: what another thread is worth. */
import { spawn } from "node:child_process";
import { removeFolder, writeFolder } from "../test/support/api-folder.ts";
import type { Child } from "./child.ts";
import { freePort } from "./nginx.ts";
import { KEY } from "./request.ts";

const COMMAND = new URL("../src/cli/sallyport.ts", import.meta.url).pathname;

export async function startCommand(backend: Child, workers: number) {
  const port = await freePort();
  const folder = await writeFolder({
    serviceUrl: `http://127.0.0.1:${backend.port}`,
    api: { path: "shop" },
    settings: {
      listeners: [{ host: "127.0.0.1", port }],
      accessLog: { file: "/dev/null" },
      stores: { quotaFile: false },
      subscriptions: { s1: { primaryKey: KEY } },
    },
  });
  const args = [COMMAND, "run", folder, "--no-watch", "--workers", String(workers)];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const stop = () => {
    child.kill("SIGKILL");
    void removeFolder(folder);
  };
  for (let attempt = 0; attempt < 300; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const isReady = await fetch(`http://127.0.0.1:${port}/shop/items/42?subscription-key=${KEY}`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return { pid: child.pid as number, port, tlsPort: 0, stop };
  }
  stop();
  throw new Error("The gateway did not start");
}
