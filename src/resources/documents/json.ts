/**
 * JSON (RFC 8259) with positions. Strict, as the services that wrote these files are; a byte order mark is let pass.
 * https://www.rfc-editor.org/rfc/rfc8259
 */
import { type DataNode, type Entry, MAX_DEPTH, type Parsed } from "./data-node.ts";

export function parseJson(text: string): Parsed {
  const reader = new JsonReader(text);
  try {
    return { root: reader.document() };
  } catch (error) {
    if (error instanceof JsonMistake) return { problem: error.message, offset: error.offset, hint: error.hint };
    throw error;
  }
}

class JsonMistake extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const WORD = /[A-Za-z0-9_+.-]+/y;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  document(): DataNode {
    this.#skipBlanks();
    const root = this.#value();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw new JsonMistake("Text after the end of the JSON document", this.#at);
    return root;
  }

  #value(): DataNode {
    const c = this.#text[this.#at];
    if (c === "{") return this.#nested(() => this.#object());
    if (c === "[") return this.#nested(() => this.#list());
    const start = this.#at;
    if (c === '"') {
      const value = this.#string();
      return { kind: "scalar", start, end: this.#at, value, text: value };
    }
    const word = this.#match(WORD);
    if (word === "")
      throw new JsonMistake(c === undefined ? "The JSON document ends too early" : `Unexpected "${c}"`, start);
    const known = WORDS.get(word);
    if (known !== undefined) return { kind: "scalar", start, end: this.#at, value: known, text: word };
    this.#at = start;
    if (this.#match(NUMBER) !== word)
      throw new JsonMistake(`"${word}" is not JSON`, start, "Texts stand in double quotes.");
    return { kind: "scalar", start, end: this.#at, value: Number(word), text: word };
  }

  #nested(read: () => DataNode): DataNode {
    if (++this.#depth > MAX_DEPTH) throw new JsonMistake(`Nested deeper than ${MAX_DEPTH} levels`, this.#at);
    const node = read();
    this.#depth--;
    return node;
  }

  #object(): DataNode {
    const start = this.#at++;
    const entries = new Map<string, Entry>();
    this.#skipBlanks();
    while (this.#text[this.#at] !== "}") {
      const keyStart = this.#at;
      if (this.#text[keyStart] !== '"') throw this.#unexpected("a name in double quotes");
      const key = this.#string();
      const keyEnd = this.#at;
      if (entries.has(key))
        throw new JsonMistake(`"${key}" occurs twice in the same object`, keyStart, "Remove one of them.");
      this.#skipBlanks();
      if (this.#text[this.#at] !== ":") throw this.#unexpected('":"');
      this.#at++;
      this.#skipBlanks();
      entries.set(key, { keyStart, keyEnd, value: this.#value() });
      this.#separator("}");
    }
    this.#at++;
    return { kind: "object", start, end: this.#at, entries };
  }

  #list(): DataNode {
    const start = this.#at++;
    const items: DataNode[] = [];
    this.#skipBlanks();
    while (this.#text[this.#at] !== "]") {
      items.push(this.#value());
      this.#separator("]");
    }
    this.#at++;
    return { kind: "list", start, end: this.#at, items };
  }

  /** After an item: a comma and another item, or the closing bracket. */
  #separator(close: string): void {
    this.#skipBlanks();
    if (this.#text[this.#at] === close) return;
    if (this.#text[this.#at] !== ",") throw this.#unexpected(`"," or "${close}"`);
    const comma = this.#at++;
    this.#skipBlanks();
    if (this.#text[this.#at] === close) throw new JsonMistake(`A comma before "${close}"`, comma, "Remove the comma.");
  }

  #string(): string {
    const start = this.#at++;
    let value = "";
    for (;;) {
      value += this.#match(PLAIN_CHARACTERS);
      const c = this.#text[this.#at];
      if (c === '"') break;
      if (c === undefined || c === "\n" || c === "\r") throw new JsonMistake("This text has no closing quote", start);
      if (c !== "\\") throw new JsonMistake("A control character must be written as an escape such as \\t", this.#at);
      value += this.#escape();
    }
    this.#at++;
    return value;
  }

  #escape(): string {
    const start = this.#at;
    const letter = this.#text[start + 1];
    const simple = ESCAPES.get(letter);
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const digits = this.#text.slice(start + 2, start + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits))
      throw new JsonMistake("Not an escape that JSON knows", start);
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #skipBlanks(): void {
    for (let c = this.#text.charCodeAt(this.#at); c === 32 || c === 10 || c === 13 || c === 9; ) {
      c = this.#text.charCodeAt(++this.#at);
    }
  }

  #unexpected(wanted: string): JsonMistake {
    const c = this.#text[this.#at];
    return new JsonMistake(
      c === undefined ? `The JSON document ends where ${wanted} should stand` : `Expected ${wanted}, found "${c}"`,
      this.#at,
    );
  }
}
