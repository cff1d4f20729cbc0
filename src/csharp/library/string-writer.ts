/** System.IO.StringWriter, with the members that it has from TextWriter. */
import { textOf, toText } from "../runtime/object.ts";
import { type CsArray, CsObject } from "../runtime/values.ts";
import { keywordTypes, type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { encodingByName } from "./encoding.ts";
import { argument, argumentNull, checkNonNegative } from "./exceptions-thrown.ts";
import { unitsToString } from "./string.ts";
import { StringBuilder } from "./string-builder.ts";
import { formatComposite, paramsOf } from "./string-format.ts";

export class StringWriter extends CsObject {
  readonly builder: StringBuilder;
  newLine = "\n";

  constructor(builder: StringBuilder) {
    super();
    this.builder = builder;
  }

  override get type(): Type {
    return type("System.IO.StringWriter");
  }

  override toText(): string {
    return this.builder.toText();
  }

  write(text: string): void {
    this.builder.append(text);
  }
}

function unitsRange(units: CsArray | null, index: number, count: number): string {
  if (units === null) throw argumentNull("buffer");
  checkNonNegative(index, "index");
  checkNonNegative(count, "count");
  if (units.items.length - index < count) {
    throw argument(
      "Offset and length were out of bounds for the array or count is greater than the number of elements from index " +
        "to the end of the source collection.",
    );
  }
  return unitsToString((units.items as number[]).slice(index, index + count));
}

/** What Write and WriteLine take, as text. */
const TEXTS: Record<string, (...args: never[]) => string> = {
  char: (unit: number) => String.fromCharCode(unit),
  "char[]": (units: CsArray | null) => (units === null ? "" : unitsToString(units.items as number[])),
  "char[],int,int": unitsRange,
  string: (text: string | null) => text ?? "",
  object: (value: unknown) => (value === null ? "" : toText(value)),
  StringBuilder: (builder: StringBuilder | null) => builder?.toText() ?? "",
  "string,object": (format: string | null, a: unknown) => formatComposite(format, [a]),
  "string,object,object": (format: string | null, a: unknown, b: unknown) => formatComposite(format, [a, b]),
  "string,object,object,object": (format: string | null, a: unknown, b: unknown, c: unknown) =>
    formatComposite(format, [a, b, c]),
  "string,object[]": (format: string | null, args: CsArray | null) => formatComposite(format, paramsOf(format, args)),
};
for (const keyword of ["bool", "int", "uint", "long", "ulong", "float", "double", "decimal"]) {
  TEXTS[keyword] = (value) => textOf(value, type(keywordTypes.get(keyword) as string));
}

const members: Members = {
  "WriteLine()": (self: StringWriter) => self.write(self.newLine),
  "Flush()": () => {},
  "Close()": () => {},
  "Dispose()": () => {},
  "ToString()": (self: StringWriter) => self.toText(),
  NewLine: (self: StringWriter) => self.newLine,
  "NewLine=": (self: StringWriter, value: string | null) => {
    self.newLine = value ?? "\n";
  },
  FormatProvider: () => null,
  Encoding: () => encodingByName("utf-16"),
};
for (const [parameters, text] of Object.entries(TEXTS)) {
  members[`Write(${parameters})`] = (self: StringWriter, ...args: never[]) => self.write(text(...args));
  members[`WriteLine(${parameters})`] = (self: StringWriter, ...args: never[]) =>
    self.write(text(...args) + self.newLine);
}

function over(builder: StringBuilder | null): StringWriter {
  if (builder === null) throw argumentNull("sb");
  return new StringWriter(builder);
}

implement("System.IO.TextWriter", members);
implement("System.IO.StringWriter", {
  ...members,
  "new()": () => new StringWriter(new StringBuilder()),
  "new(IFormatProvider)": () => new StringWriter(new StringBuilder()),
  "new(StringBuilder)": over,
  "new(StringBuilder,IFormatProvider)": over,
  "GetStringBuilder()": (self: StringWriter) => self.builder,
});
