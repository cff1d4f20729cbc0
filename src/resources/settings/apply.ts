/** Lays the settings' overrides over the resources of the extract. */
import { reportAt } from "../documents/fields.ts";
import { scopeOf, type ScopeNames } from "../apiops/subscriptions.ts";
import type { ReadNamedValue } from "../apiops/named-values.ts";
import { vaultKindOf } from "../../secrets/vaults.ts";
import { Names } from "../names.ts";
import type { Api, NamedValue, Subscription } from "../snapshot.ts";
import type { ApiOverride, NamedValueOverride, SubscriptionOverride } from "./overrides.ts";
import { warnOfNewName } from "./sections.ts";
import type { SecretReader } from "./secrets.ts";

export function applyApis(
  apis: readonly Api[],
  names: Names,
  overrides: readonly ApiOverride[],
  secrets: SecretReader,
): readonly Api[] {
  const urls = new Map<string, string>();
  for (const override of overrides) {
    const id = names.find(override.name);
    if (id === undefined) {
      const { message, hint } = names.unknown(override.name);
      reportAt(secrets.reading, override.node, "SP1102", message, hint);
    } else if (override.serviceUrl !== undefined) urls.set(id, override.serviceUrl);
  }
  return apis.map((api) => ({ ...api, serviceUrl: urls.get(api.id) ?? api.serviceUrl }));
}

/** By display name or by id; a named value that the extract lacks is added. */
export async function applyNamedValues(
  values: ReadonlyMap<string, ReadNamedValue>,
  overrides: readonly NamedValueOverride[],
  secrets: SecretReader,
): Promise<Map<string, NamedValue>> {
  const result = new Map<string, NamedValue>();
  const given = new Set(overrides.filter((o) => o.value !== undefined).map((o) => o.name));
  for (const [name, { id, isSecret, value, vault }] of values) {
    const isGiven = given.has(name) || given.has(id);
    const fetched = vault === undefined || isGiven ? value : await secrets.read(vault, vault.reading);
    result.set(name, { id, name, value: fetched, isSecret });
  }
  const byId = new Map([...values.values()].map((v) => [v.id, v]));
  for (const override of overrides) {
    const below = values.get(override.name) ?? byId.get(override.name);
    if (below === undefined) warnOfNewName(secrets.reading, "named value", override, values.keys());
    const value = override.value && (await secrets.read(override.value));
    // What comes from a vault is secret, whatever is said of it: as in API Management.
    const isInVault = override.value !== undefined && vaultKindOf(override.value.source) !== undefined;
    const isSecret = isInVault || (override.isSecret ?? below?.isSecret ?? true);
    const name = below?.name ?? override.name;
    const known = value ?? result.get(name)?.value;
    result.set(name, { id: below?.id ?? override.name, name, value: known, isSecret });
  }
  return result;
}

/** A subscription that the extract lacks is added when it says its scope. */
export async function applySubscriptions(
  subscriptions: ReadonlyMap<string, Subscription>,
  overrides: readonly SubscriptionOverride[],
  scopes: ScopeNames,
  secrets: SecretReader,
): Promise<readonly Subscription[]> {
  const result = new Map(subscriptions);
  const names = new Names("subscription", subscriptions.keys());
  for (const override of overrides) {
    const id = names.find(override.name) ?? override.name;
    const below = result.get(id) ?? newSubscription(override, names);
    const scope = override.fields?.get("scope") === undefined ? below?.scope : scopeOf(override.fields, scopes);
    if (below === undefined || scope === undefined) {
      if (below === undefined) reportUnknown(override, names, secrets);
      continue;
    }
    const primary = override.primaryKey && (await secrets.read(override.primaryKey));
    const secondary = override.secondaryKey && (await secrets.read(override.secondaryKey));
    result.set(id, {
      ...below,
      name: override.displayName ?? below.name,
      scope,
      state: override.state ?? below.state,
      allowTracing: override.allowTracing ?? below.allowTracing,
      primaryKey: checkedKey(primary, override.primaryKey?.node, secrets) ?? below.primaryKey,
      secondaryKey: checkedKey(secondary, override.secondaryKey?.node, secrets) ?? below.secondaryKey,
    });
  }
  return [...result.values()];
}

/** Undefined when the entry says no scope: then it must have been meant for one of the extract. */
function newSubscription(override: SubscriptionOverride, names: Names): Subscription | undefined {
  if (override.fields?.get("scope") === undefined || names.find(override.name) !== undefined) return undefined;
  return subscriptionOf(override.name, { kind: "service" });
}

export function subscriptionOf(id: string, scope: Subscription["scope"]): Subscription {
  const times = { createdAt: 0, startAt: undefined, endAt: undefined };
  return {
    id,
    name: id,
    scope,
    state: "active",
    allowTracing: false,
    ownerId: undefined,
    primaryKey: undefined,
    secondaryKey: undefined,
    ...times,
  };
}

function reportUnknown(override: SubscriptionOverride, names: Names, secrets: SecretReader): void {
  const { message, hint } = names.unknown(override.name);
  reportAt(
    secrets.reading,
    override.node,
    "SP1102",
    message,
    `${hint} To add one, say its scope, such as scope: /products/starter.`,
  );
}

const SHORT_KEY_LENGTH = 16;
/** Keys travel in a header: what cannot stand there can never match. */
const KEY = /^[\x21-\x7e]+$/;

function checkedKey(
  key: string | undefined,
  node: { start: number; end: number } | undefined,
  secrets: SecretReader,
): string | undefined {
  if (key === undefined || node === undefined) return undefined;
  if (!KEY.test(key)) {
    reportAt(
      secrets.reading,
      node,
      "SP1204",
      "A subscription key holds blanks or characters outside ASCII",
      "Make one with: openssl rand -hex 16",
    );
    return undefined;
  }
  if (key.length < SHORT_KEY_LENGTH) {
    const message = `A subscription key of ${key.length} characters can be guessed`;
    reportAt(
      secrets.reading,
      node,
      "SP1204",
      message,
      `Use ${SHORT_KEY_LENGTH} or more: openssl rand -hex 16`,
      "warning",
    );
  }
  return key;
}
