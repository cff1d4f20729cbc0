/**
 * The usage of messages that are too large to be read whole: pictures and sounds come as megabytes of base64, and what they used stands
 * behind them.
 */
import { type Usage, usageOf } from "./usage.ts";

/** Of the end of a message: more than what stands behind a picture. */
const TAIL_BYTES = 16 * 1024;

/** The last bytes of a message that passes by. */
export class MessageTail {
  #bytes = Buffer.alloc(0);

  add(part: Uint8Array): void {
    const kept = TAIL_BYTES - Math.min(TAIL_BYTES, part.length);
    this.#bytes = Buffer.concat([
      kept === 0 ? Buffer.alloc(0) : this.#bytes.subarray(-kept),
      part.subarray(-TAIL_BYTES),
    ]);
  }

  /** What the last `usage` in it says. */
  get usage(): Usage | undefined {
    const text = this.#bytes.toString("utf8");
    const found = [...text.matchAll(/(?<!\\)"usage"\s*:\s*(?=\{)/g)].at(-1);
    return found === undefined ? undefined : usageOf({ usage: objectAt(text, found.index + found[0].length) });
  }
}

/** The JSON object that begins at `start`; undefined: it is cut. */
function objectAt(text: string, start: number): unknown {
  // Figures, and names that hold no braces.
  for (let depth = 0, i = start; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) {
      try {
        return JSON.parse(text.slice(start, i + 1));
      } catch {
        return undefined;
      }
    }
  }
  return undefined;
}
