/** JContainer.Merge with settings: how arrays, nulls and names of other case are merged. */
import { iterateBoxed } from "../runtime/object.ts";
import { JArray } from "./jarray.ts";
import { isMultiContent, JContainer, tokenFromContent } from "./jcontainer.ts";
import { JObject } from "./jobject.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import type { Settings } from "./json-settings.ts";
import { JTokenType } from "./json-token-type.ts";
import { JValue } from "./jvalue.ts";

/** MergeArrayHandling. */
const Arrays = { Concat: 0, Union: 1, Replace: 2, Merge: 3 } as const;

const ORDINAL = 4;

interface MergeOptions {
  arrays: number;
  mergeNulls: boolean;
  comparison: number;
}

export function mergeWith(target: JContainer, content: unknown, settings: Settings | null): void {
  merge(target, content, {
    arrays: (settings?.get("MergeArrayHandling") as number | undefined) ?? Arrays.Concat,
    mergeNulls: settings?.get("MergeNullValueHandling") === 1,
    comparison: (settings?.get("PropertyNameComparison") as number | undefined) ?? ORDINAL,
  });
}

function merge(target: JContainer, content: unknown, options: MergeOptions): void {
  if (target instanceof JObject) {
    if (content instanceof JObject) mergeObjects(target, content, options);
  } else if (target instanceof JArray) {
    if (content instanceof JArray) mergeArrays(target, [...content.children()], options);
    else if (isMultiContent(content)) mergeArrays(target, [...iterateBoxed(content)].map(tokenFromContent), options);
  } else {
    target.merge(content);
  }
}

function mergeObjects(target: JObject, content: JObject, options: MergeOptions): void {
  for (const { name, value } of [...content.properties()]) {
    const existing = target.propertyBy(name, options.comparison);
    if (!existing) target.add(JProperty.of(name, value));
    else if (value) mergeInto(existing, value, options);
  }
}

function mergeInto(existing: JProperty, value: JToken, options: MergeOptions): void {
  const current = existing.value;
  if (current instanceof JContainer && current.tokenType === value.tokenType) merge(current, value, options);
  else if (options.mergeNulls || !isNull(value)) existing.value = value;
}

function isNull(token: JToken): boolean {
  return token.tokenType === JTokenType.Null || (token instanceof JValue && token.raw === null);
}

function mergeArrays(target: JArray, items: readonly JToken[], options: MergeOptions): void {
  switch (options.arrays) {
    case Arrays.Union:
      for (const item of items) if (!target.children().some((t) => t.deepEquals(item))) target.add(item);
      break;
    case Arrays.Replace:
      target.clearTokens();
      for (const item of items) target.add(item);
      break;
    case Arrays.Merge:
      for (const [i, item] of items.entries()) mergeAt(target, i, item, options);
      break;
    default:
      for (const item of items) target.add(item);
  }
}

/** Elements at the same place merge when both are containers; otherwise the new one wins unless it is null. */
function mergeAt(target: JArray, index: number, item: JToken, options: MergeOptions): void {
  if (index >= target.itemCount) return target.add(item);
  const current = target.tokenAt(index);
  if (current instanceof JContainer) {
    if (item instanceof JContainer && item.tokenType === current.tokenType) merge(current, item, options);
    else if (options.mergeNulls || !isNull(item)) target.setTokenAt(index, item);
  } else if (options.mergeNulls || !isNull(item)) {
    target.setTokenAt(index, item);
  }
}
