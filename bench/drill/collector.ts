/**
 * Loaded into a gateway before it starts, with --expose-gc: on SIGUSR2 it collects what is garbage and writes down what is left. Resident
 * memory alone does not tell what is kept from what the engine has not got round to.
 */
import { renameSync, writeFileSync } from "node:fs";
import { getHeapSpaceStatistics } from "node:v8";

const MB = 1_048_576;

/** In MB. */
export interface Kept {
  /** In the heap, and in buffers beside it. */
  readonly heap: number;
  /** Room that the engine has made for new objects: it grows by doubling, with how busy it is, and stays. */
  readonly young: number;
}

const file = process.env.DRILL_KEPT_FILE;
if (file !== undefined)
  process.on("SIGUSR2", () => {
    const young =
      getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.physical_space_size ?? 0;
    // Finalizers of the first round free what the second finds.
    for (let round = 0; round < 2; round++) globalThis.gc?.();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const kept: Kept = { heap: (heapUsed + external + arrayBuffers) / MB, young: young / MB };
    writeFileSync(`${file}.new`, JSON.stringify(kept));
    renameSync(`${file}.new`, file);
  });
