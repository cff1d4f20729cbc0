/** System.TimeZoneInfo: a time zone with its names. Members are in time-zone-info-members.ts. */
import { ambient } from "../runtime/ambient.ts";
import { hashObject } from "../runtime/object.ts";
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { TICKS_PER_MILLISECOND, UNIX_EPOCH_TICKS } from "./calendar.ts";
import { zoneText } from "./date-format.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { ianaRules, utcRules, type ZoneRules } from "./zone-rules.ts";
import { windowsToIana } from "./windows-zones.ts";

export interface ZoneNames {
  readonly display: string;
  readonly standard: string;
  readonly daylight: string;
}

export class TimeZoneInfo extends CsObject {
  readonly id: string;
  readonly rules: ZoneRules;
  /** The id is an IANA name. */
  readonly hasIanaId: boolean;
  readonly supportsDaylight: () => boolean;
  readonly #readNames: () => ZoneNames;
  #names: ZoneNames | undefined;

  constructor(
    id: string,
    rules: ZoneRules,
    readNames: () => ZoneNames,
    options: { hasIanaId?: boolean; supportsDaylight?: () => boolean } = {},
  ) {
    super();
    this.id = id;
    this.rules = rules;
    this.#readNames = readNames;
    this.hasIanaId = options.hasIanaId ?? false;
    this.supportsDaylight = options.supportsDaylight ?? (() => false);
  }

  override get type(): Type {
    return type("System.TimeZoneInfo");
  }

  get names(): ZoneNames {
    this.#names ??= this.#readNames();
    return this.#names;
  }

  override toText(): string {
    return this.names.display;
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof TimeZoneInfo && other.id.toUpperCase() === this.id.toUpperCase() && other.rules === this.rules
    );
  }

  override hash(): number {
    return hashObject(this.id.toUpperCase());
  }
}

const UTC_NAME = "Coordinated Universal Time";

const UTC_NAMES: ZoneNames = { display: `(UTC) ${UTC_NAME}`, standard: UTC_NAME, daylight: UTC_NAME };

/** TimeZoneInfo.Utc */
export const utcZone = new TimeZoneInfo("UTC", utcRules, () => UTC_NAMES, { hasIanaId: true });

const localZones = new Map<string, TimeZoneInfo>();

/** TimeZoneInfo.Local: a zone of its own even when its rules are those of UTC. */
export function localZone(): TimeZoneInfo {
  const { timeZone } = ambient();
  let zone = localZones.get(timeZone);
  if (!zone) {
    zone = systemZone(timeZone, timeZone, ianaRules(timeZone) ?? utcRules);
    localZones.set(timeZone, zone);
  }
  return zone;
}

function systemZone(id: string, iana: string, rules: ZoneRules): TimeZoneInfo {
  if (rules === utcRules) return new TimeZoneInfo(id, rules, () => UTC_NAMES, { hasIanaId: id === iana });
  const year = new Date(ambient().nowMs()).getUTCFullYear();
  const seasons = [Date.UTC(year, 0, 1), Date.UTC(year, 6, 1)];
  return new TimeZoneInfo(id, rules, () => icuNames(iana, rules, seasons), {
    hasIanaId: id === iana,
    supportsDaylight: () => new Set(seasons.map((ms) => icuName(iana, "longOffset", ms))).size > 1,
  });
}

function icuName(iana: string, style: "long" | "longGeneric" | "longOffset", ms: number): string {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: iana, timeZoneName: style });
  return format.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value ?? iana;
}

function icuNames(iana: string, rules: ZoneRules, seasons: readonly number[]): ZoneNames {
  const [january, july] = seasons.map((ms) => icuName(iana, "long", ms));
  const winterInJanuary = !rules.isDaylightAt(unixTicks(seasons[0]));
  const city = iana.slice(iana.lastIndexOf("/") + 1).replaceAll("_", " ");
  return {
    display: `(UTC${zoneText(rules.standardOffset, 3)}) ${icuName(iana, "longGeneric", seasons[0])} (${city})`,
    standard: winterInJanuary ? january : july,
    daylight: winterInJanuary ? july : january,
  };
}

function unixTicks(ms: number): bigint {
  return UNIX_EPOCH_TICKS + BigInt(ms) * TICKS_PER_MILLISECOND;
}

const found = new Map<string, TimeZoneInfo>();

/** The zone of an IANA or Windows name; undefined when there is none. */
export function findZone(id: string): TimeZoneInfo | undefined {
  if (id.toUpperCase() === "UTC") return utcZone;
  const known = found.get(id);
  if (known) return known;
  const iana = windowsToIana(id) ?? id;
  const rules = ianaRules(iana);
  if (!rules) return undefined;
  const zone = systemZone(id, iana, rules);
  // The time zone ids of ICU are few, but they match in any case: only one spelling of each is kept.
  if (found.size < 1000) found.set(id, zone);
  return zone;
}

/** The folders of the tz database, as they lie on a Linux machine. */
const FOLDERS = new Set(
  "Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US posix right".split(
    " ",
  ),
);

/** As `findZone`; throws TimeZoneNotFoundException with the inner exception that .NET has on Linux. */
export function requireZone(id: string | null): TimeZoneInfo {
  if (id === null) throw argumentNull("id");
  const zone = findZone(id);
  if (zone) return zone;
  const message = `The time zone ID '${id}' was not found on the local computer.`;
  throw new CsException("System.TimeZoneNotFoundException", message, missingFile(id));
}

function missingFile(id: string): CsException | null {
  if (id === "" || id.length > 255 || id.includes("\0")) return null;
  const slash = id.indexOf("/");
  if (slash < 0 || FOLDERS.has(id.slice(0, slash))) {
    return new CsException("System.IO.FileNotFoundException", `Could not find file '/usr/share/zoneinfo/${id}'.`);
  }
  const message = `Could not find a part of the path '/usr/share/zoneinfo/${id}'.`;
  return new CsException("System.IO.DirectoryNotFoundException", message);
}
