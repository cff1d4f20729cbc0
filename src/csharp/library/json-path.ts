/**
 * JSONPath as Json.NET reads it: `$.a.b[0]`, `['quoted','names']`, `[1:5:2]`, `[0,2]`, `*`, `..name`, `[?(@.price > 10 && @.tag =~ /x/i)]`.
 * https://www.newtonsoft.com/json/help/html/QueryJsonSelectTokenJsonPath.htm. This file parses; json-path-filters.ts selects.
 */
import type { CsException } from "../runtime/values.ts";
import { inputFormatError } from "./exceptions-thrown.ts";
import { int32Range, within } from "./integer-ranges.ts";
import { jsonError } from "./json-errors.ts";
import type { Filter, Operand, Operator, Query } from "./json-path-syntax.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import { JValue } from "./jvalue.ts";

const OPEN_INDEXER = "Path ended with open indexer.";
const OPEN_QUERY = "Path ended with open query.";

/** How deep filters may hold filters. */
const MAX_QUERY_DEPTH = 64;

/** Parses a path. Throws CsException (Newtonsoft.Json.JsonException) when it is malformed. */
export function parsePath(text: string): readonly Filter[] {
  return new PathParser(text).parse();
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
  "/": "/",
};

/** Longest first, so that `==` is not taken for the start of `===`. */
const operators: readonly (readonly [text: string, operator: Operator])[] = [
  ["===", "strictEquals"],
  ["==", "equals"],
  ["=~", "matches"],
  ["!==", "strictNotEquals"],
  ["!=", "notEquals"],
  ["<>", "notEquals"],
  ["<=", "atMost"],
  ["<", "less"],
  [">=", "atLeast"],
  [">", "greater"],
];

/** Comparisons joined by one operator, while they are being collected. */
interface Group {
  kind: "group";
  joinedBy: "and" | "or";
  parts: Query[];
}

class PathParser {
  readonly #text: string;
  #pos = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Filter[] {
    const filters: Filter[] = [];
    this.#skipBlanks();
    if (this.#atEnd() || this.#text === "$") return filters;
    // A `$` that no dot or bracket follows is the start of a name.
    if (this.#here() === "$" && /[.[]/.test(this.#text[this.#pos + 1] ?? "")) this.#pos++;
    if (!this.#path(filters, this.#pos, false)) {
      const last = this.#pos;
      this.#skipBlanks();
      if (!this.#atEnd()) throw jsonError(`Unexpected character while parsing path: ${this.#text[last]}`);
    }
    return filters;
  }

  /** Steps of a path up to its end; true when that is the end of the text. @param inQuery within `?( )` */
  #path(filters: Filter[], from: number, inQuery: boolean): boolean {
    let start = from;
    let scan = false;
    let afterIndexer = false;
    let afterDot = false;
    const addName = (trim: boolean) => {
      const name = this.#text.slice(start, this.#pos);
      filters.push(nameFilter(trim ? name.trimEnd() : name, scan));
      scan = false;
    };
    loop: while (!this.#atEnd()) {
      const c = this.#here();
      switch (c) {
        case "[":
        case "(":
          if (this.#pos > start) addName(false);
          filters.push(this.#indexer(c === "[" ? "]" : ")", scan));
          scan = false;
          this.#pos++;
          start = this.#pos;
          afterIndexer = true;
          afterDot = false;
          break;
        case "]":
        case ")":
        case " ":
          break loop;
        case ".":
          if (this.#pos > start) addName(false);
          if (this.#text[this.#pos + 1] === ".") {
            scan = true;
            this.#pos++;
          }
          this.#pos++;
          start = this.#pos;
          afterIndexer = false;
          afterDot = true;
          break;
        default:
          if (inQuery && "=<!>|&".includes(c)) break loop;
          if (afterIndexer) throw jsonError(`Unexpected character following indexer: ${c}`);
          this.#pos++;
      }
    }
    const atEnd = this.#atEnd();
    if (this.#pos > start) addName(true);
    else if (afterDot && (atEnd || inQuery)) throw jsonError("Unexpected end while parsing path.");
    return atEnd;
  }

  #indexer(close: string, scan: boolean): Filter {
    this.#pos++;
    this.#requireMore(OPEN_INDEXER);
    this.#skipBlanks();
    const c = this.#here();
    if (c === "'") return this.#quotedNames(close, scan);
    return c === "?" ? this.#query(close, scan) : this.#arrayIndexer(close);
  }

  #quotedNames(close: string, scan: boolean): Filter {
    const names: string[] = [];
    while (!this.#atEnd()) {
      names.push(this.#quotedString());
      this.#skipBlanks();
      this.#requireMore(OPEN_INDEXER);
      const c = this.#here();
      if (c === close) {
        if (names.length === 1) return { kind: scan ? "scan" : "field", name: names[0] };
        return { kind: scan ? "scanNames" : "fields", names };
      }
      if (c !== ",") throw unexpectedInIndexer(c);
      this.#pos++;
      this.#skipBlanks();
    }
    throw jsonError(OPEN_INDEXER);
  }

  /** `[1]`, `[1,2]`, `[1:2:3]`, `[*]`. */
  #arrayIndexer(close: string): Filter {
    const parts: (number | undefined)[] = [];
    let separator = "";
    let start = this.#pos;
    let end: number | undefined;
    const part = () => this.#text.slice(start, end ?? this.#pos);
    while (!this.#atEnd()) {
      const c = this.#here();
      if (c === " ") {
        end = this.#pos;
        this.#skipBlanks();
      } else if (c === close) {
        return arrayFilter(separator, parts, part());
      } else if (c === "," || c === ":") {
        if (c === "," && part() === "") throw jsonError("Array index expected.");
        parts.push(part() === "" ? undefined : integer(part()));
        separator = separator === "" ? c : separator;
        this.#pos++;
        this.#skipBlanks();
        start = this.#pos;
        end = undefined;
      } else if (c === "*") {
        this.#pos++;
        this.#requireMore(OPEN_INDEXER);
        this.#skipBlanks();
        if (this.#here() !== close) throw unexpectedInIndexer(c);
        return { kind: "index", index: undefined };
      } else if (end !== undefined || !/[\d-]/.test(c)) {
        throw unexpectedInIndexer(c);
      } else {
        this.#pos++;
      }
    }
    throw jsonError(OPEN_INDEXER);
  }

  /** `?( ... )` up to the closing bracket. */
  #query(close: string, scan: boolean): Filter {
    this.#pos++;
    this.#requireMore(OPEN_INDEXER);
    if (this.#here() !== "(") throw unexpectedInIndexer(this.#here());
    this.#pos++;
    if (++this.#depth > MAX_QUERY_DEPTH) throw jsonError("Path has too many nested queries.");
    const query = this.#condition();
    this.#depth--;
    this.#pos++;
    this.#requireMore(OPEN_INDEXER);
    this.#skipBlanks();
    if (this.#here() !== close) throw unexpectedInIndexer(this.#here());
    return { kind: scan ? "scanQuery" : "query", query };
  }

  /** Comparisons joined by && and ||. Without precedence: a change of operator opens a group that runs to the end. */
  #condition(): Query {
    let root: Query | undefined;
    let group: Group | undefined;
    while (!this.#atEnd()) {
      const comparison = this.#comparison();
      const c = this.#here();
      if (c === ")") {
        if (!group || !root) return comparison;
        group.parts.push(comparison);
        return root;
      }
      if (c === "&" || c === "|") {
        if (!this.#take(c + c)) throw this.#unexpectedInQuery();
        const joinedBy = c === "&" ? "and" : "or";
        if (group?.joinedBy !== joinedBy) {
          const opened: Group = { kind: "group", joinedBy, parts: [] };
          group?.parts.push(opened);
          group = opened;
          root ??= group;
        }
        group.parts.push(comparison);
      }
    }
    throw jsonError(OPEN_QUERY);
  }

  #comparison(): Query {
    const left = this.#operand();
    if (")|&".includes(this.#here())) return { kind: "exists", left };
    const operator = this.#operator();
    return { kind: "compare", operator, left, right: this.#operand() };
  }

  #operand(): Operand {
    this.#skipBlanks();
    this.#requireMore(OPEN_QUERY);
    const c = this.#here();
    let operand: Operand | undefined;
    if (c === "$" || c === "@") {
      const path: Filter[] = c === "$" ? [{ kind: "root" }] : [];
      this.#pos++;
      if (this.#path(path, this.#pos, true)) throw jsonError(OPEN_QUERY);
      operand = { path };
    } else {
      operand = this.#literal();
    }
    if (!operand) throw this.#unexpectedInQuery();
    this.#skipBlanks();
    this.#requireMore(OPEN_QUERY);
    return operand;
  }

  #operator(): Operator {
    if (this.#pos + 1 >= this.#text.length) throw jsonError(OPEN_QUERY);
    for (const [text, operator] of operators) if (this.#take(text)) return operator;
    throw jsonError("Could not read query operator.");
  }

  /** A string, number, word or regular expression; undefined when there is none. */
  #literal(): Operand | undefined {
    const c = this.#here();
    if (c === "'") return { value: JValue.string(this.#quotedString()) };
    if (/[\d-]/.test(c)) return { value: this.#number() };
    if (c === "/") return { value: JValue.string(this.#regex()) };
    if (this.#take("true")) return { value: JValue.boolean(true) };
    if (this.#take("false")) return { value: JValue.boolean(false) };
    return this.#take("null") ? { value: JValue.null() } : undefined;
  }

  #number(): JValue {
    const start = this.#pos;
    while (!this.#atEnd() && this.#here() !== " " && this.#here() !== ")") this.#pos++;
    const text = this.#text.slice(start, this.#pos);
    if (this.#atEnd()) throw this.#unexpectedInQuery();
    if (/^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return JValue.integer(BigInt(text));
    if (/^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) && /[.eE]/.test(text)) {
      return new JValue(JTokenType.Float, Number(text), clr.double());
    }
    throw jsonError("Could not read query value.");
  }

  #quotedString(): string {
    let read = "";
    this.#pos++;
    while (!this.#atEnd()) {
      const c = this.#text[this.#pos++];
      if (c === "'") return read;
      if (c === "\\" && !this.#atEnd()) {
        const letter = this.#text[this.#pos++];
        if (!Object.hasOwn(escapes, letter)) throw jsonError(`Unknown escape character: \\${letter}`);
        read += escapes[letter];
      } else {
        read += c;
      }
    }
    throw jsonError("Path ended with an open string.");
  }

  /** `/pattern/flags`, kept as it is. */
  #regex(): string {
    const start = this.#pos++;
    while (!this.#atEnd()) {
      const c = this.#here();
      if (c === "\\" && this.#pos + 1 < this.#text.length) {
        this.#pos += 2;
        continue;
      }
      this.#pos++;
      if (c !== "/") continue;
      while (!this.#atEnd() && /\p{L}/u.test(this.#here())) this.#pos++;
      return this.#text.slice(start, this.#pos);
    }
    throw jsonError("Path ended with an open regex.");
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#pos)) return false;
    this.#pos += text.length;
    return true;
  }

  #unexpectedInQuery(): CsException {
    return jsonError(`Unexpected character while parsing path query: ${this.#text[this.#pos] ?? this.#text.at(-1)}`);
  }

  #here(): string {
    return this.#text[this.#pos] ?? "";
  }

  #atEnd(): boolean {
    return this.#pos >= this.#text.length;
  }

  #requireMore(message: string): void {
    if (this.#atEnd()) throw jsonError(message);
  }

  #skipBlanks(): void {
    while (this.#text[this.#pos] === " ") this.#pos++;
  }
}

function nameFilter(name: string, scan: boolean): Filter {
  return { kind: scan ? "scan" : "field", name: name === "*" ? undefined : name };
}

function arrayFilter(separator: string, parts: (number | undefined)[], last: string): Filter {
  if (separator === ":") {
    if (parts.length > 2 && last !== "") return { kind: "slice", start: parts[0], end: parts[1], step: integer(last) };
    if (parts.length > 1)
      return { kind: "slice", start: parts[0], end: parts[1], step: last === "" ? undefined : integer(last) };
    return { kind: "slice", start: parts[0], end: last === "" ? undefined : integer(last), step: undefined };
  }
  if (last === "") throw jsonError("Array index expected.");
  if (separator === "") return { kind: "index", index: integer(last) };
  return { kind: "indexes", indexes: [...(parts as number[]), integer(last)] };
}

/** An int as Convert.ToInt32 reads it. */
function integer(text: string): number {
  if (!/^-?\d+$/.test(text)) throw inputFormatError(text);
  return Number(within(BigInt(text), int32Range));
}

function unexpectedInIndexer(c: string): CsException {
  return jsonError(`Unexpected character while parsing path indexer: ${c}`);
}
