/** JsonLoadSettings, JsonMergeSettings, JsonSelectSettings and JsonSerializerSettings: objects that only hold options. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { implement, type Members } from "./define.ts";
import type { DeserializeOptions } from "./json-deserializer.ts";
import type { LoadOptions } from "./json-loading.ts";
import type { SerializeOptions } from "./json-serializer.ts";
import { DEFAULT_READING, type JsonReading, MAX_DEPTH, ROUND_TRIP } from "./json-style.ts";

export class Settings extends CsObject {
  readonly #type: string;
  readonly #options: Map<string, unknown>;

  /** @param from settings to start with */
  constructor(typeName: string, from: Settings | null = null) {
    super();
    this.#type = typeName;
    this.#options = new Map(from ? from.#options : []);
  }

  override get type(): Type {
    return type(this.#type);
  }

  get(option: string): unknown {
    return this.#options.get(option);
  }

  set(option: string, value: unknown): void {
    this.#options.set(option, value);
  }
}

/** Options that Json.NET does not start with at their type's default. */
const initial: Readonly<Record<string, unknown>> = {
  "JsonLoadSettings.LineInfoHandling": 1,
  "JsonMergeSettings.PropertyNameComparison": 4,
};

/** The same of JsonSerializerSettings and JsonSerializer. */
const initialOfSerializer: Readonly<Record<string, unknown>> = {
  DateParseHandling: 1,
  DateTimeZoneHandling: ROUND_TRIP,
  DateFormatString: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFFK",
  MaxDepth: MAX_DEPTH,
};

/** Registers constructor, getters and setters from the declaration of the type. */
function implementSettings(typeName: string): void {
  const members: Members = { "new()": () => new Settings(typeName) };
  const { def, simpleName } = type(typeName);
  for (const { k, n, t } of def.m) {
    if (k !== "prop" || n === undefined || t === undefined) continue;
    const preset = simpleName.startsWith("JsonSerializer") ? initialOfSerializer[n] : initial[`${simpleName}.${n}`];
    members[n] = (self: Settings) => self.get(n) ?? preset ?? defaultOf(type(t));
    members[`${n}=`] = (self: Settings, value: unknown) => self.set(n, value);
  }
  implement(typeName, members);
}

implementSettings("Newtonsoft.Json.Linq.JsonLoadSettings");
implementSettings("Newtonsoft.Json.Linq.JsonMergeSettings");
implementSettings("Newtonsoft.Json.Linq.JsonSelectSettings");
implementSettings("Newtonsoft.Json.JsonSerializerSettings");
implementSettings("Newtonsoft.Json.JsonSerializer");

/** A JsonSerializer is no more than its settings. */
function serializer(settings: Settings | null = null): Settings {
  return new Settings("Newtonsoft.Json.JsonSerializer", settings);
}

implement("Newtonsoft.Json.JsonSerializer", {
  "Create(*)": serializer,
  "CreateDefault(*)": serializer,
});
implement("Newtonsoft.Json.JsonConvert", { DefaultSettings: () => null });

/** JsonLoadSettings as the loading functions take them. */
export function loadOptions(settings: Settings | null): LoadOptions {
  if (!settings) return {};
  const loadComments = settings.get("CommentHandling") === 1;
  return {
    loadComments,
    ignoreComments: !loadComments,
    duplicates: (settings.get("DuplicatePropertyNameHandling") as number | undefined) ?? 0,
  };
}

/** An option that is a number or enum, as it is without settings when it is not set. */
function option(settings: Settings, name: string, otherwise: number): number {
  return (settings.get(name) as number | undefined) ?? otherwise;
}

/** JsonSerializerSettings as the serialiser takes them. */
export function serializeOptions(settings: Settings | null): SerializeOptions {
  if (!settings) return {};
  return {
    skipNulls: option(settings, "NullValueHandling", 0) === 1,
    // Ignore and IgnoreAndPopulate.
    skipDefaults: (option(settings, "DefaultValueHandling", 0) & 1) === 1,
    loops: option(settings, "ReferenceLoopHandling", 0),
    style: {
      escapes: option(settings, "StringEscapeHandling", 0),
      dateFormat: (settings.get("DateFormatString") as string | null | undefined) ?? null,
      dates: option(settings, "DateFormatHandling", 0),
      zone: option(settings, "DateTimeZoneHandling", ROUND_TRIP),
      floats: option(settings, "FloatFormatHandling", 0),
    },
  };
}

/** JsonSerializerSettings as the deserialiser takes them. */
export function deserializeOptions(settings: Settings | null): DeserializeOptions {
  if (!settings) return {};
  return {
    skipNulls: option(settings, "NullValueHandling", 0) === 1,
    refuseUnknown: option(settings, "MissingMemberHandling", 0) === 1,
    reading: readingBy(settings),
  };
}

/** How a reader understands values that are told by settings; what those do not say stays. */
export function readingBy(settings: Settings, before: JsonReading = DEFAULT_READING): JsonReading {
  const depth = settings.get("MaxDepth") as number | null | undefined;
  return {
    dates: option(settings, "DateParseHandling", before.dates),
    zone: option(settings, "DateTimeZoneHandling", before.zone),
    floats: option(settings, "FloatParseHandling", before.floats),
    maxDepth: depth === undefined ? before.maxDepth : depth,
  };
}

/** JsonSelectSettings.ErrorWhenNoMatch. */
export function isStrict(settings: Settings | null): boolean {
  return settings?.get("ErrorWhenNoMatch") === true;
}
