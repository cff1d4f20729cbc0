/** Load from a thread of its own: what thousands of sockets cost this process is not what is drilled. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Ended, type OpenLoop, openLoop } from "../../test/support/open-loop.ts";

export function sideLoad(load: Omit<OpenLoop, "agent">): Promise<Ended[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { sideLoad: load } });
    worker.once("message", resolve).once("error", reject);
  });
}

if (!isMainThread && workerData?.sideLoad !== undefined) parentPort?.postMessage(await openLoop(workerData.sideLoad));
