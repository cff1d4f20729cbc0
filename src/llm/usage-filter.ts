/**
 * Takes the chunk with the usage out of a stream of OpenAI's (https://platform.openai.com/docs/api-reference/chat/create, stream_options)
 * that its caller did not ask for; every other byte passes as it came. What belongs to an event that is not whole yet waits for its end, as
 * every reader of such a stream would; an event larger than the chunk can be does not wait.
 */

const LF = 10;
const CR = 13;
const NOTHING = new Uint8Array(0);
const MAX_CHUNK_BYTES = 16 * 1024;
const NO_CHOICES = /"choices"\s*:\s*\[\s*\]/;

export class UsageFilter {
  /** The start of an event whose end has not come. */
  #held = NOTHING as Uint8Array;
  /** How far `#held` was searched. */
  #searched = 0;
  /** Of an event too large to be the one: it passes to its end. */
  #passes = false;

  chunk(data: Uint8Array): Uint8Array {
    // Nearly every chunk holds whole events without usage.
    if (this.#held.length === 0 && !this.#passes && endsWithEvent(data) && !mentionsUsage(data)) return data;
    const bytes = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
    const out: Uint8Array[] = [];
    let start = 0;
    // An end may begin up to three bytes before what is new.
    let at = Math.max(0, this.#searched - 3);
    for (;;) {
      const end = eventEnd(bytes, at);
      if (end < 0) break;
      const event = bytes.subarray(start, end);
      if (this.#passes || !isUsageChunk(event)) out.push(event);
      this.#passes = false;
      start = end;
      at = end;
    }
    const rest = bytes.subarray(start);
    if (this.#passes || rest.length > MAX_CHUNK_BYTES) {
      // The last bytes stay, so that an end that is cut in two is seen.
      const kept = endStart(rest);
      this.#passes = true;
      out.push(rest.subarray(0, kept));
      this.#hold(rest.subarray(kept));
    } else {
      this.#hold(rest);
    }
    return joined(out);
  }

  /** What waited goes on, whole or not. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = NOTHING;
    return !this.#passes && isUsageChunk(held) ? NOTHING : held;
  }

  #hold(rest: Uint8Array): void {
    // A copy: the front may reuse the memory it reads into.
    this.#held = rest.length === 0 ? NOTHING : Buffer.from(rest);
    this.#searched = rest.length;
  }
}

function endsWithEvent(bytes: Uint8Array): boolean {
  return bytes.length > 1 && bytes[bytes.length - 1] === LF && bytes[bytes.length - 2] === LF;
}

function mentionsUsage(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"usage"');
}

/** Where the first event after `from` ends, behind its empty line; negative: not yet. */
function eventEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    if (bytes[i] !== LF && bytes[i] !== CR) continue;
    const next = lineEnd(bytes, i);
    if (next < 0 || next >= bytes.length) return -1;
    const second = lineEnd(bytes, next);
    if (second > 0) return second;
    // CR at the very end: LF may follow, and belongs to it.
    if (bytes[next] === CR) return -1;
    i = next - 1;
  }
  return -1;
}

/** Behind the line end at `at`; negative: there is none, or it is not whole. */
function lineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return -1;
  if (at + 1 >= bytes.length) return -1;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}

/** Where the line ends at the end of `bytes` begin. */
function endStart(bytes: Uint8Array): number {
  let i = bytes.length;
  while (i > 0 && bytes.length - i < 3 && (bytes[i - 1] === LF || bytes[i - 1] === CR)) i--;
  return i;
}

function isUsageChunk(event: Uint8Array): boolean {
  if (event.length === 0 || event.length > MAX_CHUNK_BYTES) return false;
  const text = Buffer.from(event.buffer, event.byteOffset, event.length).toString("utf8");
  if (!NO_CHOICES.test(text)) return false;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.startsWith("data:"));
  try {
    const chunk = JSON.parse(lines.map((line) => line.slice(5)).join("\n"));
    return (
      Array.isArray(chunk.choices) && chunk.choices.length === 0 && typeof chunk.usage === "object" && !!chunk.usage
    );
  } catch {
    return false;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 0 ? NOTHING : parts.length === 1 ? parts[0] : Buffer.concat(parts);
}
