/**
 * Named values: named values/<id>/namedValueInformation.json. Secrets have no value in an extract: the settings give
 * it.
 * https://learn.microsoft.com/azure/api-management/api-management-howto-properties
 */
import { reportAt } from "../documents/fields.ts";
import type { NamedValue } from "../snapshot.ts";
import { type Extract, itemsIn, propertiesOf } from "./layout.ts";
import { REDACTED } from "./subscriptions.ts";
import { type VaultReference, vaultReferenceOf } from "./vault-reference.ts";

export interface ReadNamedValue extends NamedValue {
  /** Where the value is, when it is in a vault. */
  readonly vault: VaultReference | undefined;
}

/** By display name. */
export async function readNamedValues(
  extract: Extract,
  folders: readonly string[],
): Promise<Map<string, ReadNamedValue>> {
  const values = new Map<string, ReadNamedValue>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "namedValueInformation.json");
    if (properties === undefined) continue;
    const name = properties.string("displayName") ?? item.id;
    const other = values.get(name);
    if (other !== undefined) {
      const node = properties.get("displayName") ?? properties.node;
      reportAt(
        properties.reading,
        node,
        "SP1103",
        `The named values "${other.id}" and "${item.id}" have the same display name "${name}"`,
        "Rename one.",
      );
    }
    const isInVault = properties.get("keyVault") !== undefined;
    const value = !isInVault ? properties.string("value") : undefined;
    const isSecret = (properties.boolean("secret") ?? false) || isInVault;
    values.set(name, {
      id: item.id,
      name,
      value: value === REDACTED ? undefined : value,
      isSecret,
      vault: vaultReferenceOf(properties),
    });
  }
  return values;
}
