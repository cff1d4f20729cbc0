/** System.IO.StringReader, with the members that it has from TextReader. */
import { type CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, checkNonNegative } from "./exceptions-thrown.ts";

export class StringReader extends CsObject {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override get type(): Type {
    return type("System.IO.StringReader");
  }

  /** The next unit without taking it; -1 at the end. */
  peek(): number {
    return this.#at < this.#text.length ? this.#text.charCodeAt(this.#at) : -1;
  }

  read(): number {
    const unit = this.peek();
    if (unit >= 0) this.#at++;
    return unit;
  }

  /** Up to so many units. */
  take(count: number): string {
    const taken = this.#text.slice(this.#at, this.#at + count);
    this.#at += taken.length;
    return taken;
  }

  /** Up to CR, LF or CR LF; null at the end. */
  readLine(): string | null {
    if (this.#at >= this.#text.length) return null;
    const ending = /\r\n|\r|\n|$/g;
    ending.lastIndex = this.#at;
    const found = ending.exec(this.#text) as RegExpExecArray;
    const line = this.#text.slice(this.#at, found.index);
    this.#at = found.index + found[0].length;
    return line;
  }

  readToEnd(): string {
    return this.take(this.#text.length);
  }
}

function readInto(self: StringReader, buffer: CsArray | null, index: number, count: number): number {
  if (buffer === null) throw argumentNull("buffer");
  checkNonNegative(index, "index");
  checkNonNegative(count, "count");
  if (buffer.items.length - index < count) {
    throw argument(
      "Offset and length were out of bounds for the array or count is greater than the number of elements from index " +
        "to the end of the source collection.",
    );
  }
  const taken = self.take(count);
  for (let i = 0; i < taken.length; i++) buffer.items[index + i] = taken.charCodeAt(i);
  return taken.length;
}

const members: Members = {
  "Peek()": (self: StringReader) => self.peek(),
  "Read()": (self: StringReader) => self.read(),
  "Read(char[],int,int)": readInto,
  "ReadBlock(char[],int,int)": readInto,
  "ReadLine()": (self: StringReader) => self.readLine(),
  "ReadToEnd()": (self: StringReader) => self.readToEnd(),
  "Close()": () => {},
  "Dispose()": () => {},
};

implement("System.IO.TextReader", members);
implement("System.IO.StringReader", {
  ...members,
  "new(string)": (text: string | null) => {
    if (text === null) throw argumentNull("s");
    return new StringReader(text);
  },
});
