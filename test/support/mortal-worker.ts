/** A worker of the product that dies on demand: of an exception that nobody catches, with all its connections. */
import { workerData } from "node:worker_threads";

new BroadcastChannel("die").onmessage = ({ data }) => {
  if (data === workerData.owner) throw new Error("dies on demand");
};
await import("../../src/fleet/worker.ts");
