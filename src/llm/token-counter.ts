/** The thread that counts tokens of large texts. */
import { parentPort } from "node:worker_threads";
import { countHere, type Encoding } from "./tokens.ts";

parentPort?.on("message", async ({ id, texts, encoding }: { id: number; texts: string[]; encoding: Encoding }) => {
  parentPort?.postMessage({ id, tokens: await countHere(texts, encoding) });
});
