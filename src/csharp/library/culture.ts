/**
 * System.Globalization.CultureInfo, CompareInfo, TextInfo and NumberFormatInfo. Everything is formatted, parsed and
 * compared in the invariant culture; others can be named if they write numbers in the same way (most of English does).
 */
import { CsArray, CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { charLower, charUpper } from "./char.ts";
import { DateTimeFormatInfo } from "./date-time-format-info.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull, invalidOperation } from "./exceptions-thrown.ts";
import { CompareOptions } from "./linguistic.ts";
import { compareStrings, endsWith, findLastString, findString, startsWith } from "./string-comparison.ts";
import { hashString } from "./string.ts";
import { titleCase } from "./title-case.ts";
import { toLower, toUpper } from "./unicode.ts";

export class CultureInfo extends CsObject {
  /** `en-US`; empty for the invariant culture. */
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  static readonly invariant = new CultureInfo("");

  override get type(): Type {
    return type("System.Globalization.CultureInfo");
  }

  override toText(): string {
    return this.name;
  }

  override equals(other: unknown): boolean {
    return other instanceof CultureInfo && other.name === this.name;
  }

  override hash(): number {
    return hashString(this.name);
  }
}

/** A culture by name: CultureNotFoundException unless numbers look as in the invariant culture. */
function cultureByName(name: string | null): CultureInfo {
  if (name === null) throw argumentNull("name");
  if (name === "" || name.toLowerCase() === "iv") return CultureInfo.invariant;
  const canonical = canonicalName(name);
  if (canonical === undefined) {
    const text = `Culture is not supported. (Parameter 'name')\n${name} is an invalid culture identifier.`;
    throw new CsException("System.Globalization.CultureNotFoundException", text);
  }
  return new CultureInfo(canonical);
}

function canonicalName(name: string): string | undefined {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(name)) return undefined;
  const [locale] = Intl.NumberFormat.supportedLocalesOf(name);
  if (locale === undefined) return undefined;
  return new Intl.NumberFormat(locale).format(-1234567.5) === "-1,234,567.5" ? locale : undefined;
}

const LCIDS: Record<string, number> = { "": 127, en: 9, "en-US": 1033, "en-GB": 2057, "en-AU": 3081, "en-CA": 4105 };
const WINDOWS_NAMES: Record<string, string> = { "": "IVL", "en-GB": "ENG", "en-AU": "ENA", "en-CA": "ENC" };
const UNSPECIFIED_LCID = 4096;

function cultureById(id: number): CultureInfo {
  const known = Object.keys(LCIDS).find((name) => LCIDS[name] === id);
  if (known !== undefined) return cultureByName(known);
  const hex = `0x${id.toString(16).toUpperCase().padStart(4, "0")}`;
  const text = `Culture is not supported. (Parameter 'culture')\n${id} (${hex}) is an invalid culture identifier.`;
  throw new CsException("System.Globalization.CultureNotFoundException", text);
}

const INVARIANT_NAME = "Invariant Language (Invariant Country)";

function displayName({ name }: CultureInfo): string {
  if (name === "") return INVARIANT_NAME;
  const shown = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" });
  return shown.of(name) ?? name;
}

const language = ({ name }: CultureInfo) => name.split("-")[0];

function parentOf({ name }: CultureInfo): CultureInfo {
  const dash = name.lastIndexOf("-");
  return dash < 0 ? CultureInfo.invariant : new CultureInfo(name.slice(0, dash));
}

const current = () => CultureInfo.invariant;

implement("System.Globalization.CultureInfo", {
  "new(string)": cultureByName,
  "new(string,bool)": cultureByName,
  "new(int)": cultureById,
  "new(int,bool)": cultureById,
  "GetCultureInfo(string)": cultureByName,
  "GetCultureInfo(string,bool)": cultureByName,
  "GetCultureInfo(string,string)": cultureByName,
  "GetCultureInfo(int)": cultureById,
  "GetCultureInfoByIetfLanguageTag(string)": cultureByName,
  "CreateSpecificCulture(string)": cultureByName,
  "ReadOnly(CultureInfo)": (self: CultureInfo) => self,
  InvariantCulture: current,
  CurrentCulture: current,
  CurrentUICulture: current,
  InstalledUICulture: current,
  DefaultThreadCurrentCulture: () => null,
  DefaultThreadCurrentUICulture: () => null,
  Name: (self: CultureInfo) => self.name,
  IetfLanguageTag: (self: CultureInfo) => self.name,
  DisplayName: displayName,
  EnglishName: displayName,
  NativeName: displayName,
  TwoLetterISOLanguageName: (self: CultureInfo) => language(self) || "iv",
  ThreeLetterISOLanguageName: (self: CultureInfo) => (self.name === "" ? "ivl" : "eng"),
  ThreeLetterWindowsLanguageName: (self: CultureInfo) => WINDOWS_NAMES[self.name] ?? "ENU",
  LCID: (self: CultureInfo) => LCIDS[self.name] ?? UNSPECIFIED_LCID,
  KeyboardLayoutId: (self: CultureInfo) => LCIDS[self.name] ?? UNSPECIFIED_LCID,
  IsNeutralCulture: (self: CultureInfo) => self.name !== "" && !self.name.includes("-"),
  IsReadOnly: () => true,
  UseUserOverride: () => false,
  Parent: parentOf,
  CompareInfo: (self: CultureInfo) => new CompareInfo(self),
  TextInfo: (self: CultureInfo) => new TextInfo(self),
  NumberFormat: () => NumberFormatInfo.invariant,
  DateTimeFormat: () => DateTimeFormatInfo.invariant,
  "Clone()": (self: CultureInfo) => self,
  "ClearCachedData()": () => {},
  "GetConsoleFallbackUICulture()": (self: CultureInfo) => self,
  "ToString()": (self: CultureInfo) => self.name,
  "Equals(object)": (self: CultureInfo, other: unknown) => self.equals(other),
  "GetHashCode()": (self: CultureInfo) => self.hash(),
});

class CompareInfo extends CsObject {
  readonly culture: CultureInfo;

  constructor(culture: CultureInfo) {
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

function text(value: string | null, parameter: string): string {
  if (value === null) throw argumentNull(parameter);
  return value;
}

const { None } = CompareOptions;

implement("System.Globalization.CompareInfo", {
  Name: (self: CompareInfo) => self.culture.name,
  "Compare(*)": (_self: CompareInfo, a: string | null, b: string | null, options: number = None) =>
    compareStrings(a, b, options),
  "IndexOf(*)": (_self: CompareInfo, source: string | null, value: string | null, options: number = None) =>
    findString(text(source, "source"), text(value, "value"), options)?.index ?? -1,
  "LastIndexOf(*)": (_self: CompareInfo, source: string | null, value: string | null, options: number = None) =>
    findLastString(text(source, "source"), text(value, "value"), options)?.index ?? -1,
  "IsPrefix(*)": (_self: CompareInfo, source: string | null, prefix: string | null, options: number = None) =>
    startsWith(text(source, "source"), text(prefix, "prefix"), options),
  "IsSuffix(*)": (_self: CompareInfo, source: string | null, suffix: string | null, options: number = None) =>
    endsWith(text(source, "source"), text(suffix, "suffix"), options),
});

class TextInfo extends CsObject {
  readonly culture: CultureInfo;

  constructor(culture: CultureInfo) {
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

implement("System.Globalization.TextInfo", {
  CultureName: (self: TextInfo) => self.culture.name,
  "ToLower(char)": (_self: TextInfo, unit: number) => charLower(unit),
  "ToUpper(char)": (_self: TextInfo, unit: number) => charUpper(unit),
  "ToLower(string)": (_self: TextInfo, value: string | null) => toLower(text(value, "str")),
  "ToUpper(string)": (_self: TextInfo, value: string | null) => toUpper(text(value, "str")),
  "ToTitleCase(string)": (_self: TextInfo, value: string | null) => titleCase(text(value, "str")),
});

/** The numeric conventions of the invariant culture; nothing can be changed. */
class NumberFormatInfo extends CsObject {
  static readonly invariant = new NumberFormatInfo();

  override get type(): Type {
    return type("System.Globalization.NumberFormatInfo");
  }
}

const CONVENTIONS: Record<string, string | number> = {
  CurrencyDecimalDigits: 2,
  CurrencyDecimalSeparator: ".",
  CurrencyGroupSeparator: ",",
  CurrencyNegativePattern: 0,
  CurrencyPositivePattern: 0,
  CurrencySymbol: "¤",
  NaNSymbol: "NaN",
  NegativeInfinitySymbol: "-Infinity",
  NegativeSign: "-",
  NumberDecimalDigits: 2,
  NumberDecimalSeparator: ".",
  NumberGroupSeparator: ",",
  NumberNegativePattern: 1,
  PercentDecimalDigits: 2,
  PercentDecimalSeparator: ".",
  PercentGroupSeparator: ",",
  PercentNegativePattern: 0,
  PercentPositivePattern: 0,
  PercentSymbol: "%",
  PerMilleSymbol: "\u2030",
  PositiveInfinitySymbol: "Infinity",
  PositiveSign: "+",
};

function readOnly(): never {
  throw invalidOperation("Instance is read-only.");
}

const formatMembers: Members = {
  InvariantInfo: () => NumberFormatInfo.invariant,
  CurrentInfo: () => NumberFormatInfo.invariant,
  IsReadOnly: () => true,
};
for (const [name, value] of Object.entries(CONVENTIONS)) {
  formatMembers[name] = () => value;
  formatMembers[`${name}=`] = readOnly;
}
for (const name of ["CurrencyGroupSizes", "NumberGroupSizes", "PercentGroupSizes"]) {
  formatMembers[name] = () => new CsArray(type("System.Int32"), [3]);
  formatMembers[`${name}=`] = readOnly;
}
implement("System.Globalization.NumberFormatInfo", formatMembers);
