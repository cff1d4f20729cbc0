/** System.Globalization.CompareInfo and TextInfo: how a culture compares strings and changes their case. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { type CultureLike, localeOf } from "./format-provider.ts";
import { CompareOptions } from "./linguistic.ts";
import {
  checkCompareOptions,
  compareStrings,
  endsWith,
  findLastString,
  findString,
  startsWith,
} from "./string-comparison.ts";
import { lowerIn, upperIn } from "./string-case.ts";
import { titleCase } from "./title-case.ts";

export class CompareInfo extends CsObject {
  readonly culture: CultureLike;

  constructor(culture: CultureLike) {
    super();
    this.culture = culture;
  }

  override get type(): Type {
    return type("System.Globalization.CompareInfo");
  }

  override toText(): string {
    return `CompareInfo - ${this.culture.name}`;
  }
}

type Text = string | null;

function required(value: Text, parameter: string): string {
  if (value === null) throw argumentNull(parameter);
  return value;
}

const { None } = CompareOptions;

implement("System.Globalization.CompareInfo", {
  Name: (self: CompareInfo) => self.culture.name,
  "Compare(*)": (self: CompareInfo, a: Text, b: Text, options: number = None) =>
    compareStrings(a, b, checkCompareOptions(options), localeOf(self.culture)),
  "IndexOf(*)": (self: CompareInfo, source: Text, value: Text, options: number = None) =>
    findString(required(source, "source"), required(value, "value"), options, localeOf(self.culture))?.index ?? -1,
  "LastIndexOf(*)": (self: CompareInfo, source: Text, value: Text, options: number = None) =>
    findLastString(required(source, "source"), required(value, "value"), options, localeOf(self.culture))?.index ?? -1,
  "IsPrefix(*)": (self: CompareInfo, source: Text, prefix: Text, options: number = None) =>
    startsWith(required(source, "source"), required(prefix, "prefix"), options, localeOf(self.culture)),
  "IsSuffix(*)": (self: CompareInfo, source: Text, suffix: Text, options: number = None) =>
    endsWith(required(source, "source"), required(suffix, "suffix"), options, localeOf(self.culture)),
});

export class TextInfo extends CsObject {
  readonly culture: CultureLike;

  constructor(culture: CultureLike) {
    super();
    this.culture = culture;
  }

  override get type(): Type {
    return type("System.Globalization.TextInfo");
  }

  override toText(): string {
    return `TextInfo - ${this.culture.name}`;
  }
}

/** One unit through a change of case that may not change the length. */
function unit(change: (text: string, culture: CultureLike) => string) {
  return (self: TextInfo, code: number) => change(String.fromCharCode(code), self.culture).charCodeAt(0);
}

implement("System.Globalization.TextInfo", {
  CultureName: (self: TextInfo) => self.culture.name,
  "ToLower(char)": unit(lowerIn),
  "ToUpper(char)": unit(upperIn),
  "ToLower(string)": (self: TextInfo, value: Text) => lowerIn(required(value, "str"), self.culture),
  "ToUpper(string)": (self: TextInfo, value: Text) => upperIn(required(value, "str"), self.culture),
  "ToTitleCase(string)": (self: TextInfo, value: Text) =>
    titleCase(required(value, "str"), (part) => lowerIn(part, self.culture)),
});
