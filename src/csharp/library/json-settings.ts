/** JsonLoadSettings, JsonMergeSettings, JsonSelectSettings and JsonSerializerSettings: objects that only hold options. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { implement, type Members } from "./define.ts";
import type { LoadOptions } from "./json-loading.ts";

export class Settings extends CsObject {
  readonly #type: string;
  readonly #options = new Map<string, unknown>();

  constructor(typeName: string) {
    super();
    this.#type = typeName;
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
  "JsonSerializerSettings.DateParseHandling": 1,
  "JsonSerializerSettings.DateTimeZoneHandling": 3,
  "JsonSerializerSettings.DateFormatString": "yyyy'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFFK",
  "JsonSerializerSettings.MaxDepth": 64,
};

/** Registers constructor, getters and setters from the declaration of the type. */
function implementSettings(typeName: string): void {
  const members: Members = { "new()": () => new Settings(typeName) };
  const { def, simpleName } = type(typeName);
  for (const { k, n, t } of def.m) {
    if (k !== "prop" || n === undefined || t === undefined) continue;
    const preset = initial[`${simpleName}.${n}`];
    members[n] = (self: Settings) => self.get(n) ?? preset ?? defaultOf(type(t));
    members[`${n}=`] = (self: Settings, value: unknown) => self.set(n, value);
  }
  implement(typeName, members);
}

implementSettings("Newtonsoft.Json.Linq.JsonLoadSettings");
implementSettings("Newtonsoft.Json.Linq.JsonMergeSettings");
implementSettings("Newtonsoft.Json.Linq.JsonSelectSettings");
implementSettings("Newtonsoft.Json.JsonSerializerSettings");

// A serialiser without behaviour of its own: what takes one serialises as without.
const serializer = () => new Settings("Newtonsoft.Json.JsonSerializer");
implement("Newtonsoft.Json.JsonSerializer", {
  "new()": serializer,
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

/** JsonSelectSettings.ErrorWhenNoMatch. */
export function isStrict(settings: Settings | null): boolean {
  return settings?.get("ErrorWhenNoMatch") === true;
}
