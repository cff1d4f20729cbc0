/** Version sets: how the versions of an API are told apart. */
import type { Fields } from "../documents/fields.ts";
import type { VersionSet } from "../snapshot.ts";
import { type Extract, itemsIn, propertiesOf } from "./layout.ts";

const SCHEMES = ["Segment", "Header", "Query"] as const;

export async function readVersionSets(extract: Extract, folders: readonly string[]): Promise<Map<string, VersionSet>> {
  const sets = new Map<string, VersionSet>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "versionSetInformation.json");
    const set = properties && readVersionSetProperties(item.id, properties);
    if (set !== undefined) sets.set(set.id, set);
  }
  return sets;
}

export function readVersionSetProperties(id: string, properties: Fields): VersionSet | undefined {
  const scheme = properties.oneOf("versioningScheme", SCHEMES);
  if (scheme === undefined) {
    if (properties.get("versioningScheme") === undefined)
      properties.missing("versioningScheme", `One of ${SCHEMES.join(", ")}.`);
    return undefined;
  }
  const name = scheme === "Header" ? "versionHeaderName" : "versionQueryName";
  const parameter = scheme === "Segment" ? undefined : properties.requiredString(name);
  return { id, name: properties.string("displayName") ?? properties.string("name") ?? id, scheme, parameter };
}
