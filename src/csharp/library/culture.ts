/**
 * System.Globalization.CultureInfo. The current culture is the invariant one; others are as ICU describes them, with the Gregorian
 * calendar.
 */
import { spend } from "../runtime/budget.ts";
import { CsException, type CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { CompareInfo, TextInfo } from "./compare-info.ts";
import { dateConventions } from "./culture-dates.ts";
import { lcidOf, nameOfLcid, threeLetterNameOf, windowsNameOf } from "./culture-names.ts";
import { numberConventions } from "./culture-numbers.ts";
import { type DateConventions, INVARIANT_DATES } from "./date-conventions.ts";
import { DateTimeFormatInfo } from "./date-time-format-info.ts";
import { implement } from "./define.ts";
import { argumentNull, invalidOperation } from "./exceptions-thrown.ts";
import { FormatProvider } from "./format-provider.ts";
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";
import { NumberFormatInfo } from "./number-format-info.ts";
import { hashString } from "./string.ts";
import { typeOfTypeObject } from "./type.ts";

export class CultureInfo extends FormatProvider {
  /** `en-US`; empty for the invariant culture. */
  readonly name: string;
  readonly isReadOnly: boolean;
  #numberFormat: NumberFormatInfo | null = null;
  #dateTimeFormat: DateTimeFormatInfo | null = null;

  constructor(name: string, isReadOnly: boolean) {
    super();
    this.name = name;
    this.isReadOnly = isReadOnly;
  }

  static readonly invariant = new CultureInfo("", true);

  override get type(): Type {
    return type("System.Globalization.CultureInfo");
  }

  override get numbers(): NumberConventions {
    return this.#numberFormat?.numbers ?? conventionsOf(this.name).numbers;
  }

  override get dates(): DateConventions {
    return this.#dateTimeFormat?.dates ?? conventionsOf(this.name).dates;
  }

  get numberFormat(): NumberFormatInfo {
    this.#numberFormat ??= new NumberFormatInfo(this.numbers, this.isReadOnly);
    return this.#numberFormat;
  }

  set numberFormat(value: NumberFormatInfo) {
    this.#checkWritable();
    this.#numberFormat = value;
  }

  get dateTimeFormat(): DateTimeFormatInfo {
    this.#dateTimeFormat ??= new DateTimeFormatInfo(this.dates, this.isReadOnly);
    return this.#dateTimeFormat;
  }

  set dateTimeFormat(value: DateTimeFormatInfo) {
    this.#checkWritable();
    this.#dateTimeFormat = value;
  }

  #checkWritable(): void {
    if (this.isReadOnly) throw invalidOperation("Instance is read-only.");
  }

  copy(isReadOnly: boolean): CultureInfo {
    const made = new CultureInfo(this.name, isReadOnly);
    made.#numberFormat = this.#numberFormat && new NumberFormatInfo(this.#numberFormat.numbers, isReadOnly);
    made.#dateTimeFormat = this.#dateTimeFormat && new DateTimeFormatInfo(this.#dateTimeFormat.dates, isReadOnly);
    return made;
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

interface Conventions {
  readonly numbers: NumberConventions;
  readonly dates: DateConventions;
}

const known = new Map<string, Conventions>([["", { numbers: INVARIANT_NUMBERS, dates: INVARIANT_DATES }]]);

/** Policies use few cultures; names that come with requests must not fill the memory. */
const MAX_KNOWN = 100;

/** Making conventions takes about as long as so many steps. */
const STEPS_PER_CULTURE = 10_000;

/** Read off once for each culture. */
function conventionsOf(name: string): Conventions {
  let found = known.get(name);
  if (!found) {
    spend(STEPS_PER_CULTURE);
    if (known.size >= MAX_KNOWN) forgetCultures();
    found = { numbers: numberConventions(name), dates: dateConventions(name) };
    known.set(name, found);
  }
  return found;
}

/** Names that are no language tags at all, such as `utf-16`, are a fault of the host. */
function supported(name: string): string[] {
  try {
    return Intl.NumberFormat.supportedLocalesOf(name);
  } catch {
    return [];
  }
}

/** The proper form of a culture's name; throws CultureNotFoundException for what ICU does not know. */
function requireName(name: string | null): string {
  if (name === null) throw argumentNull("name");
  if (name === "" || name.toLowerCase() === "iv") return "";
  const found = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(name) ? supported(name) : [];
  if (found.length > 0) return found[0];
  const text = `Culture is not supported. (Parameter 'name')\n${name} is an invalid culture identifier.`;
  throw new CsException("System.Globalization.CultureNotFoundException", text);
}

function forgetCultures(): void {
  for (const name of [...known.keys()]) if (name !== "") known.delete(name);
}

const readOnlyCultures = new Map<string, CultureInfo>([["", CultureInfo.invariant]]);

/** A culture that nobody changes: one for each name. */
function cultureByName(name: string | null): CultureInfo {
  const proper = requireName(name);
  let found = readOnlyCultures.get(proper);
  if (!found) {
    found = new CultureInfo(proper, true);
    if (readOnlyCultures.size >= MAX_KNOWN) return found;
    readOnlyCultures.set(proper, found);
  }
  return found;
}

const newCulture = (name: string | null) => new CultureInfo(requireName(name), false);

function nameById(id: number): string {
  const name = nameOfLcid(id);
  if (name !== undefined) return name;
  const hex = `0x${id.toString(16).toUpperCase().padStart(4, "0")}`;
  const text = `Culture is not supported. (Parameter 'culture')\n${id} (${hex}) is an invalid culture identifier.`;
  throw new CsException("System.Globalization.CultureNotFoundException", text);
}

/** `de` becomes `de-DE`: the region where most speak it. */
function specificCulture(name: string | null): CultureInfo {
  const proper = requireName(name);
  if (proper === "" || isSpecific(proper)) return new CultureInfo(proper, false);
  const { language, region } = new Intl.Locale(proper).maximize();
  return new CultureInfo(`${language}-${region}`, false);
}

const isSpecific = (name: string) => new Intl.Locale(name).region !== undefined;

/** The name of a culture in its own language or in English. */
function nameIn(language: (self: CultureInfo) => string) {
  return (self: CultureInfo) => {
    if (self.name === "") return "Invariant Language (Invariant Country)";
    const names = new Intl.DisplayNames(language(self), { type: "language", languageDisplay: "standard" });
    return names.of(self.name) ?? self.name;
  };
}

const languageOf = ({ name }: CultureInfo) => name.split("-")[0];

function parentOf({ name }: CultureInfo): CultureInfo {
  const dash = name.lastIndexOf("-");
  return dash < 0 ? CultureInfo.invariant : cultureByName(name.slice(0, dash));
}

const current = () => CultureInfo.invariant;

/** GetFormat of all format providers: what they have of the wanted kind. */
function formatOf(self: FormatProvider, wanted: CsObject | null): CsObject | null {
  const name = wanted === null ? "" : typeOfTypeObject(wanted, "formatType").name;
  if (name === "System.Globalization.NumberFormatInfo") {
    return self instanceof CultureInfo ? self.numberFormat : self.numbers && self;
  }
  if (name === "System.Globalization.DateTimeFormatInfo") {
    return self instanceof CultureInfo ? self.dateTimeFormat : self.dates && self;
  }
  return null;
}

for (const owner of ["CultureInfo", "NumberFormatInfo", "DateTimeFormatInfo"]) {
  implement(`System.Globalization.${owner}`, { "GetFormat(Type)": formatOf });
}
implement("System.IFormatProvider", { "GetFormat(Type)": formatOf });
implement("System.Globalization.NumberFormatInfo", {
  "GetInstance(IFormatProvider)": (provider: FormatProvider | null) =>
    provider instanceof CultureInfo
      ? provider.numberFormat
      : provider instanceof NumberFormatInfo
        ? provider
        : NumberFormatInfo.invariant,
});
implement("System.Globalization.DateTimeFormatInfo", {
  "GetInstance(IFormatProvider)": (provider: FormatProvider | null) =>
    provider instanceof CultureInfo
      ? provider.dateTimeFormat
      : provider instanceof DateTimeFormatInfo
        ? provider
        : DateTimeFormatInfo.invariant,
});

implement("System.Globalization.CultureInfo", {
  "new(string)": newCulture,
  "new(string,bool)": newCulture,
  "new(int)": (id: number) => new CultureInfo(nameById(id), false),
  "new(int,bool)": (id: number) => new CultureInfo(nameById(id), false),
  "GetCultureInfo(string)": cultureByName,
  "GetCultureInfo(string,bool)": cultureByName,
  "GetCultureInfo(string,string)": cultureByName,
  "GetCultureInfo(int)": (id: number) => cultureByName(nameById(id)),
  "GetCultureInfoByIetfLanguageTag(string)": cultureByName,
  "CreateSpecificCulture(string)": specificCulture,
  "ReadOnly(CultureInfo)": (self: CultureInfo | null) => {
    if (self === null) throw argumentNull("ci");
    return self.isReadOnly ? self : self.copy(true);
  },
  InvariantCulture: current,
  CurrentCulture: current,
  CurrentUICulture: current,
  InstalledUICulture: current,
  DefaultThreadCurrentCulture: () => null,
  DefaultThreadCurrentUICulture: () => null,
  Name: (self: CultureInfo) => self.name,
  IetfLanguageTag: (self: CultureInfo) => self.name,
  DisplayName: nameIn(() => "en"),
  EnglishName: nameIn(() => "en"),
  NativeName: nameIn((self) => self.name),
  TwoLetterISOLanguageName: (self: CultureInfo) => languageOf(self) || "iv",
  ThreeLetterISOLanguageName: (self: CultureInfo) => threeLetterNameOf(languageOf(self)),
  ThreeLetterWindowsLanguageName: (self: CultureInfo) => windowsNameOf(self.name),
  LCID: (self: CultureInfo) => lcidOf(self.name),
  KeyboardLayoutId: (self: CultureInfo) => lcidOf(self.name),
  IsNeutralCulture: (self: CultureInfo) => self.name !== "" && !isSpecific(self.name),
  IsReadOnly: (self: CultureInfo) => self.isReadOnly,
  UseUserOverride: () => false,
  Parent: parentOf,
  CompareInfo: (self: CultureInfo) => new CompareInfo(self),
  TextInfo: (self: CultureInfo) => new TextInfo(self),
  NumberFormat: (self: CultureInfo) => self.numberFormat,
  "NumberFormat=": (self: CultureInfo, value: NumberFormatInfo | null) => {
    if (value === null) throw argumentNull("value");
    self.numberFormat = value;
  },
  DateTimeFormat: (self: CultureInfo) => self.dateTimeFormat,
  "DateTimeFormat=": (self: CultureInfo, value: DateTimeFormatInfo | null) => {
    if (value === null) throw argumentNull("value");
    self.dateTimeFormat = value;
  },
  "Clone()": (self: CultureInfo) => self.copy(false),
  "ClearCachedData()": () => {},
  "GetConsoleFallbackUICulture()": (self: CultureInfo) => self,
  "ToString()": (self: CultureInfo) => self.name,
  "Equals(object)": (self: CultureInfo, other: unknown) => self.equals(other),
  "GetHashCode()": (self: CultureInfo) => self.hash(),
});
