/** JContainer.Merge: what becomes of arrays, nulls and names of other case. */
import { iterateBoxed, typeOf } from "../runtime/object.ts";
import { argument } from "./exceptions-thrown.ts";
import { JArray } from "./jarray.ts";
import { JConstructor } from "./jconstructor.ts";
import { isMultiContent, JContainer, tokenFromContent } from "./jcontainer.ts";
import { JObject } from "./jobject.ts";
import { JProperty } from "./jproperty.ts";
import { JToken } from "./jtoken.ts";
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

/** Throws for what cannot be JSON content. Null merges nothing. */
export function mergeWith(target: JContainer, content: unknown, settings: Settings | null): void {
  if (content === null) return;
  if (!(content instanceof JToken || isMultiContent(content))) {
    throw argument(`Could not determine JSON object type for type ${typeOf(content).clrName}.`, "content");
  }
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
    if (content instanceof JArray) mergeItems(target, [...content.children()], options);
    else if (isMultiContent(content)) mergeItems(target, [...iterateBoxed(content)].map(tokenFromContent), options);
  } else if (target instanceof JConstructor) {
    if (content instanceof JConstructor) mergeConstructors(target, content, options);
  } else if (target instanceof JProperty && content instanceof JProperty) {
    if (content.value && content.value.tokenType !== JTokenType.Null) target.value = content.value;
  }
}

function mergeConstructors(target: JConstructor, content: JConstructor, options: MergeOptions): void {
  if (content.name !== null) target.name = content.name;
  mergeItems(target, [...content.children()], options);
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

function mergeItems(target: JContainer, items: readonly JToken[], options: MergeOptions): void {
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

/** A container takes in what is of its own kind and nothing else; a value gives way to all but null. */
function mergeAt(target: JContainer, index: number, item: JToken, options: MergeOptions): void {
  if (index >= target.itemCount) return target.add(item);
  const current = target.tokenAt(index);
  if (current instanceof JContainer) merge(current, item, options);
  else if (item.tokenType !== JTokenType.Null) target.setTokenAt(index, item);
}
