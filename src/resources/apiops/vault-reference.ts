/**
 * References into Key Vault, as named values and certificates of an extract have them: `keyVault: { secretIdentifier, identityClientId }`.
 * https://learn.microsoft.com/azure/api-management/api-management-howto-properties#key-vault-secrets
 */
import type { DataNode } from "../documents/data-node.ts";
import type { Fields, Reading } from "../documents/fields.ts";

export interface VaultReference {
  /** In the form the settings use: `keyvault:https://...`. */
  readonly source: string;
  /** Where it stands. */
  readonly reading: Reading;
  readonly node: DataNode;
}

/** Undefined when the resource is in no vault. */
export function vaultReferenceOf(properties: Fields): VaultReference | undefined {
  const keyVault = properties.object("keyVault");
  const identifier = keyVault?.requiredString(
    "secretIdentifier",
    "Such as https://NAME.vault.azure.net/secrets/SECRET.",
  );
  const node = keyVault?.get("secretIdentifier");
  if (keyVault === undefined || identifier === undefined || node === undefined) return undefined;
  if (!URL.canParse(identifier)) {
    keyVault.wrongValue("secretIdentifier", "is no URL");
    return undefined;
  }
  const url = new URL(identifier);
  const identity = keyVault.string("identityClientId");
  if (identity !== undefined && identity !== "") url.searchParams.set("identity", identity);
  return { source: `keyvault:${url.href}`, reading: properties.reading, node };
}
