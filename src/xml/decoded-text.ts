/**
 * A text with its character references (`&lt;`, `&#10;`) replaced, and the way back to the offsets of the text as written. Entities that
 * XML does not define (`&copy;`) and a bare `&` stay: policy documents hold C# with `&&`.
 * https://www.w3.org/TR/xml/#sec-references
 */

const REFERENCE = /&(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});/g;

const named: ReadonlyMap<string, string> = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
  ["&quot;", '"'],
  ["&apos;", "'"],
]);

export class DecodedText {
  readonly text: string;
  /** Behind each reference: offset in `text`, and in the text as written. */
  readonly #decoded: number[] = [];
  readonly #written: number[] = [];

  constructor(written: string) {
    if (!written.includes("&")) {
      this.text = written;
      return;
    }
    let text = "";
    let from = 0;
    for (const match of written.matchAll(REFERENCE)) {
      const value = decode(match[0]);
      if (value === undefined) continue;
      text += written.slice(from, match.index) + value;
      from = match.index + match[0].length;
      // The value's own units, beyond the first, map to the end of the reference.
      this.#decoded.push(text.length);
      this.#written.push(from);
    }
    this.text = text + written.slice(from);
  }

  /** Offset in the text as written -> offset in `text`; the middle of a reference maps to what it stands for. */
  decodedOffset(written: number): number {
    const index = lastAtMost(this.#written, written);
    return index < 0 ? written : this.#decoded[index] + (written - this.#written[index]);
  }

  /** Offset in `text` -> offset in the text as written. */
  writtenOffset(decoded: number): number {
    const index = lastAtMost(this.#decoded, decoded);
    return index < 0 ? decoded : this.#written[index] + (decoded - this.#decoded[index]);
  }
}

/** Index of the last element that is not greater, -1 when all are. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let low = -1;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decode(reference: string): string | undefined {
  if (reference.charAt(1) !== "#") return named.get(reference);
  const hex = reference.charAt(2) === "x" || reference.charAt(2) === "X";
  const code = Number.parseInt(reference.slice(hex ? 3 : 2, -1), hex ? 16 : 10);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
