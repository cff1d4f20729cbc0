/** System.Text.StringBuilder. https://learn.microsoft.com/dotnet/api/system.text.stringbuilder */
import { allocate, limits, spend } from "../runtime/budget.ts";
import { iterate, textOf, toText } from "../runtime/object.ts";
import { type CsArray, CsObject } from "../runtime/values.ts";
import { keywordTypes, type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, checkNonNegative, indexOutOfRange } from "./exceptions-thrown.ts";
import { unitsToString } from "./string.ts";
import { replaceOrdinal } from "./string-change.ts";
import { formatComposite, paramsOf } from "./string-format.ts";

const MAX_CAPACITY = 0x7fff_ffff;
const BEYOND_END = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const BEYOND_LAST = "Index was out of range. Must be non-negative and less than the size of the collection.";

export class StringBuilder extends CsObject {
  #text = "";
  #capacity: number;
  /** No builder grows beyond it. */
  readonly maxCapacity: number;

  constructor(text = "", capacity = 16, maxCapacity = MAX_CAPACITY) {
    super();
    checkNonNegative(capacity, "capacity");
    this.maxCapacity = maxCapacity;
    this.#capacity = Math.max(capacity === 0 ? Math.min(16, maxCapacity) : capacity, text.length);
    this.#text = text;
  }

  override get type(): Type {
    return type("System.Text.StringBuilder");
  }

  override toText(): string {
    return this.#text;
  }

  get length(): number {
    return this.#text.length;
  }

  /** Cuts, or fills up with NUL. */
  set length(value: number) {
    checkNonNegative(value, "value");
    if (value > this.maxCapacity) throw tooSmall("value");
    allocate(value);
    this.text = this.#text.slice(0, value).padEnd(value, "\0");
  }

  set text(value: string) {
    if (value.length > this.maxCapacity) throw tooSmall("requiredLength");
    if (value.length > limits.allocation) allocate(value.length);
    this.#text = value;
    this.#capacity = Math.max(this.#capacity, value.length);
  }

  append(value: string): this {
    spend(1 + (value.length >> 4));
    const length = this.#text.length + value.length;
    if (length > this.#capacity) {
      if (length > this.maxCapacity) throw tooSmall("requiredLength");
      // A new block holds at least what is over, and doubles small builders.
      this.#capacity += Math.max(length - this.#capacity, Math.min(this.#capacity, 8000));
      if (length > limits.allocation) allocate(length);
    }
    this.#text += value;
    return this;
  }

  insert(index: number, value: string): this {
    if (index < 0 || index > this.length) throw argumentOutOfRange("index", BEYOND_END);
    this.text = this.#text.slice(0, index) + value + this.#text.slice(index);
    spend(this.length >> 4);
    return this;
  }

  get capacity(): number {
    return this.#capacity;
  }

  set capacity(value: number) {
    checkNonNegative(value, "value");
    if (value > this.maxCapacity) throw argumentOutOfRange("value", "Capacity exceeds maximum capacity.");
    if (value < this.length) throw tooSmall("value");
    this.#capacity = value;
  }
}

function tooSmall(parameter: string) {
  return argumentOutOfRange(parameter, "capacity was less than the current size.");
}

/** A part that must lie within the builder. */
function checkPart(self: StringBuilder, start: number, count: number): void {
  if (start < 0 || start > self.length) throw argumentOutOfRange("startIndex", BEYOND_END);
  if (count < 0 || start > self.length - count) throw argumentOutOfRange("count", BEYOND_END);
}

function replacePart(
  self: StringBuilder,
  start: number,
  count: number,
  change: (part: string) => string,
): StringBuilder {
  checkPart(self, start, count);
  const text = self.toText();
  self.text = text.slice(0, start) + change(text.slice(start, start + count)) + text.slice(start + count);
  spend(self.length >> 4);
  return self;
}

function replaceChar(oldUnit: number, newUnit: number) {
  return (part: string) => part.replaceAll(String.fromCharCode(oldUnit), () => String.fromCharCode(newUnit));
}

function appendRange(
  self: StringBuilder,
  value: string | null,
  start: number,
  count: number,
  name: string,
): StringBuilder {
  if (value === null) {
    if (start === 0 && count === 0) return self;
    throw argumentNull("value");
  }
  checkNonNegative(start, "startIndex");
  checkNonNegative(count, name);
  // Characters name the count, strings the start.
  if (start > value.length - count) throw argumentOutOfRange(name === "charCount" ? name : "startIndex", BEYOND_END);
  return self.append(value.slice(start, start + count));
}

function remove(self: StringBuilder, start: number, length: number): StringBuilder {
  checkNonNegative(length, "length");
  checkNonNegative(start, "startIndex");
  if (length > self.length - start) throw argumentOutOfRange("length", BEYOND_END);
  const text = self.toText();
  self.text = text.slice(0, start) + text.slice(start + length);
  return self;
}

function part(self: StringBuilder, start: number, length: number): string {
  checkNonNegative(start, "startIndex");
  if (start > self.length) throw argumentOutOfRange("startIndex", "startIndex cannot be larger than length of string.");
  checkNonNegative(length, "length");
  if (start > self.length - length) {
    throw argumentOutOfRange("length", "Index and length must refer to a location within the string.");
  }
  return self.toText().slice(start, start + length);
}

function setChar(self: StringBuilder, index: number, unit: number): void {
  if (index < 0 || index >= self.length) throw argumentOutOfRange("index", BEYOND_LAST);
  const text = self.toText();
  spend(text.length >> 4);
  self.text = text.slice(0, index) + String.fromCharCode(unit) + text.slice(index + 1);
}

function copyTo(self: StringBuilder, from: number, target: CsArray | null, to: number, count: number): void {
  if (target === null) throw argumentNull("destination");
  checkNonNegative(to, "destinationIndex");
  if (to > target.items.length - count) {
    throw argument(
      "Either offset did not refer to a position in the string, or there is an insufficient length of destination " +
        "character array.",
    );
  }
  checkNonNegative(count, "count");
  if (from < 0 || from > self.length) throw argumentOutOfRange("sourceIndex", BEYOND_END);
  if (from > self.length - count) throw argument("Source string was not long enough. Check sourceIndex and count.");
  for (let i = 0; i < count; i++) target.items[to + i] = self.toText().charCodeAt(from + i);
}

function repeat(text: string, count: number, name: string): string {
  checkNonNegative(count, name);
  allocate(text.length * count);
  return text.repeat(count);
}

const objectText = (value: unknown) => (value === null ? "" : toText(value));
const charText = (unit: number) => String.fromCharCode(unit);
const unitsText = (units: CsArray | null) => (units === null ? "" : unitsToString(units.items as number[]));

const PRIMITIVES = ["bool", "sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double"];

/** Append and Insert of everything that is turned into text first. */
function textMembers(): Members {
  const members: Members = {};
  const add = (source: string, text: (value: never) => string) => {
    members[`Append(${source})`] = (self: StringBuilder, value: never) => self.append(text(value));
    members[`Insert(int,${source})`] = (self: StringBuilder, index: number, value: never) =>
      self.insert(index, text(value));
  };
  for (const keyword of PRIMITIVES) {
    add(keyword, (value) => textOf(value, type(keywordTypes.get(keyword) as string)));
  }
  add("decimal", toText);
  add("char", charText);
  add("char[]", unitsText);
  add("object", objectText);
  add("string", (value: string | null) => value ?? "");
  add("StringBuilder", (value: StringBuilder | null) => value?.toText() ?? "");
  return members;
}

function* joined(separator: string, texts: Iterable<string>): Generator<string> {
  let first = true;
  for (const text of texts) {
    if (!first) yield separator;
    yield text;
    first = false;
  }
}

function appendJoin(self: StringBuilder, separator: string | null, values: unknown, text: (value: unknown) => string) {
  if (values === null) throw argumentNull("values");
  const texts = Iterator.from(iterate(values)).map(text);
  for (const piece of joined(separator ?? "", texts)) self.append(piece);
  return self;
}

const typed = (t: Type) => (value: unknown) => textOf(value, t);

function appendFormat(self: StringBuilder, format: string | null, ...args: unknown[]): StringBuilder {
  return self.append(formatComposite(format, args));
}

function appendFormatIn(self: StringBuilder, provider: unknown, format: string | null, args: readonly unknown[]) {
  return self.append(formatComposite(format, args, provider));
}

implement("System.Text.StringBuilder", {
  "new()": () => new StringBuilder(),
  "new(int)": (capacity: number) => new StringBuilder("", capacity),
  "new(int,int)": (capacity: number, maxCapacity: number) => {
    if (capacity > maxCapacity) throw argumentOutOfRange("capacity", "Capacity exceeds maximum capacity.");
    if (maxCapacity < 1) throw argumentOutOfRange("maxCapacity", "MaxCapacity must be one or greater.");
    return new StringBuilder("", capacity, maxCapacity);
  },
  "new(string)": (text: string | null) => new StringBuilder(text ?? ""),
  "new(string,int)": (text: string | null, capacity: number) => new StringBuilder(text ?? "", capacity),
  "new(string,int,int,int)": (text: string | null, start: number, length: number, capacity: number) => {
    checkNonNegative(start, "startIndex");
    checkNonNegative(length, "length");
    if (start > (text ?? "").length - length) {
      throw argumentOutOfRange("length", "Index and length must refer to a location within the string.");
    }
    return new StringBuilder((text ?? "").slice(start, start + length), capacity);
  },
  ...textMembers(),
  "Append(char,int)": (self: StringBuilder, unit: number, count: number) =>
    self.append(repeat(charText(unit), count, "repeatCount")),
  "Append(string,int,int)": (self: StringBuilder, value: string | null, start: number, count: number) =>
    appendRange(self, value, start, count, "count"),
  "Append(char[],int,int)": (self: StringBuilder, units: CsArray | null, start: number, count: number) =>
    appendRange(self, units && unitsText(units), start, count, "charCount"),
  "Append(StringBuilder,int,int)": (self: StringBuilder, value: StringBuilder | null, start: number, count: number) =>
    appendRange(self, value?.toText() ?? null, start, count, "count"),
  "AppendLine()": (self: StringBuilder) => self.append("\n"),
  "AppendLine(string)": (self: StringBuilder, value: string | null) => self.append(`${value ?? ""}\n`),
  "Insert(int,string,int)": (self: StringBuilder, index: number, value: string | null, count: number) =>
    self.insert(index, repeat(value ?? "", count, "count")),
  "Insert(int,char[],int,int)": (
    self: StringBuilder,
    index: number,
    units: CsArray | null,
    start: number,
    count: number,
  ) => {
    const part = appendRange(new StringBuilder(), units && unitsText(units), start, count, "charCount");
    return self.insert(index, part.toText());
  },
  "Remove(int,int)": remove,
  "Clear()": (self: StringBuilder) => {
    self.text = "";
    return self;
  },
  "Replace(string,string)": (self: StringBuilder, oldValue: string | null, newValue: string | null) =>
    replacePart(self, 0, self.length, (text) => replaceOrdinal(text, oldValue, newValue)),
  "Replace(string,string,int,int)": (
    self: StringBuilder,
    oldValue: string | null,
    newValue: string | null,
    start: number,
    count: number,
  ) => replacePart(self, start, count, (text) => replaceOrdinal(text, oldValue, newValue)),
  "Replace(char,char)": (self: StringBuilder, oldUnit: number, newUnit: number) =>
    replacePart(self, 0, self.length, replaceChar(oldUnit, newUnit)),
  "Replace(char,char,int,int)": (self: StringBuilder, oldUnit: number, newUnit: number, start: number, count: number) =>
    replacePart(self, start, count, replaceChar(oldUnit, newUnit)),
  "ToString()": (self: StringBuilder) => self.toText(),
  "ToString(int,int)": part,
  "Equals(StringBuilder)": (self: StringBuilder, other: StringBuilder | null) => self.toText() === other?.toText(),
  "CopyTo(int,char[],int,int)": copyTo,
  "EnsureCapacity(int)": (self: StringBuilder, capacity: number) => {
    checkNonNegative(capacity, "capacity");
    if (self.capacity < capacity) self.capacity = capacity;
    return self.capacity;
  },
});

implement("System.Text.StringBuilder", {
  Length: (self: StringBuilder) => self.length,
  "Length=": (self: StringBuilder, value: number) => {
    self.length = value;
  },
  Capacity: (self: StringBuilder) => self.capacity,
  "Capacity=": (self: StringBuilder, value: number) => {
    self.capacity = value;
  },
  MaxCapacity: (self: StringBuilder) => self.maxCapacity,
  "this[int]": (self: StringBuilder, index: number) => {
    if (index < 0 || index >= self.length) throw indexOutOfRange();
    return self.toText().charCodeAt(index);
  },
  "this[int]=": setChar,

  "AppendFormat(string,object)": appendFormat,
  "AppendFormat(string,object,object)": appendFormat,
  "AppendFormat(string,object,object,object)": appendFormat,
  "AppendFormat(string,object[])": (self: StringBuilder, format: string | null, args: CsArray | null) =>
    appendFormat(self, format, ...paramsOf(format, args)),
  "AppendFormat(IFormatProvider,string,object[])": (
    self: StringBuilder,
    provider: unknown,
    format: string | null,
    args: CsArray | null,
  ) => appendFormatIn(self, provider, format, paramsOf(format, args)),
  "AppendFormat(*)": (self: StringBuilder, provider: unknown, format: string | null, ...args: unknown[]) =>
    appendFormatIn(self, provider, format, args),

  "AppendJoin(string,object[])": (self: StringBuilder, separator: string | null, values: CsArray | null) =>
    appendJoin(self, separator, values, objectText),
  "AppendJoin(string,string[])": (self: StringBuilder, separator: string | null, values: CsArray | null) =>
    appendJoin(self, separator, values, objectText),
  "AppendJoin(string,IEnumerable<!!0>)": (self: StringBuilder, t: Type, separator: string | null, values: unknown) =>
    appendJoin(self, separator, values, typed(t)),
  "AppendJoin(char,object[])": (self: StringBuilder, separator: number, values: CsArray | null) =>
    appendJoin(self, charText(separator), values, objectText),
  "AppendJoin(char,string[])": (self: StringBuilder, separator: number, values: CsArray | null) =>
    appendJoin(self, charText(separator), values, objectText),
  "AppendJoin(char,IEnumerable<!!0>)": (self: StringBuilder, t: Type, separator: number, values: unknown) =>
    appendJoin(self, charText(separator), values, typed(t)),
});
