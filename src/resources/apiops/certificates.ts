/**
 * Certificates: certificates/<id>/certificateInformation.json. An extract holds no private keys: those in Key Vault are fetched from there,
 * the others come with the settings.
 * https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates
 */
import { type Extract, itemsIn, propertiesOf } from "./layout.ts";
import { type VaultReference, vaultReferenceOf } from "./vault-reference.ts";

/** Where those in a vault are, by id. */
export async function readCertificates(
  extract: Extract,
  folders: readonly string[],
): Promise<Map<string, VaultReference>> {
  const references = new Map<string, VaultReference>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "certificateInformation.json");
    const reference = properties && vaultReferenceOf(properties);
    if (reference !== undefined) references.set(item.id, reference);
  }
  return references;
}
