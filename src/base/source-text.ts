/** A text with its line starts, so that any offset becomes a line and column (both from 1) in O(log n). */
import type { Position } from "./diagnostic.ts";

/** Where a text came from when it is not the author's own (named values put in): positions point into the original. */
export interface Origin {
  readonly original: SourceText;
  /** Offset in this text -> offset in the original. */
  readonly origin: (offset: number) => number;
}

export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #origin: Origin | undefined;
  #lineStarts: number[] | undefined;

  constructor(text: string, file = "", origin?: Origin) {
    this.text = text;
    this.file = file;
    this.#origin = origin;
  }

  position(offset: number): Position {
    if (this.#origin !== undefined) return this.#origin.original.position(this.#origin.origin(offset));
    const starts = this.lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { offset, line: low + 1, column: offset - starts[low] + 1 };
  }

  /** Is this part the author's own, with nothing put in? */
  isOriginal(start: number, end: number): boolean {
    if (this.#origin === undefined) return true;
    const { original, origin } = this.#origin;
    return this.text.slice(start, end) === original.text.slice(origin(start), origin(end));
  }

  /** The text of a line (from 1), without its line break. */
  line(number: number): string {
    const starts = this.lineStarts();
    const end = number < starts.length ? starts[number] : this.text.length;
    return this.text.slice(starts[number - 1], end).replace(/\r?\n$/, "");
  }

  private lineStarts(): number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let i = this.text.indexOf("\n"); i >= 0; i = this.text.indexOf("\n", i + 1)) this.#lineStarts.push(i + 1);
    }
    return this.#lineStarts;
  }
}
