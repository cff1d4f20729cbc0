/**
 * Subscriptions: subscriptions/<id>/subscriptionInformation.json. An extract has no keys: the settings give them.
 * https://learn.microsoft.com/azure/api-management/api-management-subscriptions
 */
import type { Fields } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import type { Subscription, SubscriptionScope, SubscriptionState } from "../snapshot.ts";
import { type Extract, itemsIn, lastSegment, propertiesOf } from "./layout.ts";

export const SUBSCRIPTION_STATES: readonly SubscriptionState[] = [
  "submitted",
  "active",
  "suspended",
  "rejected",
  "cancelled",
  "expired",
];

/** What apiops-cli writes in place of a secret. */
export const REDACTED = "*** REDACTED ***";

export interface ScopeNames {
  readonly apis: Names;
  readonly products: Names;
}

export async function readSubscriptions(
  extract: Extract,
  folders: readonly string[],
  names: ScopeNames,
  users: Names,
): Promise<Map<string, Subscription>> {
  const subscriptions = new Map<string, Subscription>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "subscriptionInformation.json");
    const scope = properties && scopeOf(properties, names);
    if (properties === undefined || scope === undefined) continue;
    const owner = properties.string("ownerId");
    const expiry = dateOf(properties, "expirationDate");
    subscriptions.set(item.id, {
      id: item.id,
      name: properties.string("displayName") ?? item.id,
      scope,
      state:
        properties.oneOf("state", SUBSCRIPTION_STATES) ??
        (properties.get("state") === undefined ? "active" : "suspended"),
      allowTracing: properties.boolean("allowTracing") ?? false,
      ownerId: owner === undefined ? undefined : users.find(lastSegment(owner)),
      primaryKey: keyOf(properties, "primaryKey"),
      secondaryKey: keyOf(properties, "secondaryKey"),
      createdAt: dateOf(properties, "createdDate") ?? 0,
      startAt: dateOf(properties, "startDate"),
      endAt: expiry ?? dateOf(properties, "endDate"),
    });
  }
  return subscriptions;
}

/**
 * `/products/x`, `/apis/x`, `/apis` and the service's own id, short or with the whole ARM path before them.
 * Undefined, and reported, when it names nothing that is there.
 */
export function scopeOf(properties: Fields, names: ScopeNames): SubscriptionScope | undefined {
  const text = properties.requiredString(
    "scope",
    "One of /products/<id>, /apis/<id>, /apis (all APIs) and / (everything).",
  );
  if (text === undefined) return undefined;
  const segments = text.split("/").filter((s) => s !== "");
  const last = segments.at(-1) ?? "";
  const kind = segments.at(-2)?.toLowerCase();
  if (segments.length === 0 || kind === "service") return { kind: "service" };
  if (last.toLowerCase() === "apis" && kind !== "products" && kind !== "apis") return { kind: "all-apis" };
  if (kind !== "apis" && kind !== "products") {
    properties.wrongValue(
      "scope",
      `is "${text}"`,
      "One of /products/<id>, /apis/<id>, /apis (all APIs) and / (everything).",
    );
    return undefined;
  }
  const known = names[kind];
  const id = known.find(last.replace(/;rev=\d+$/, ""));
  if (id !== undefined) return kind === "apis" ? { kind: "api", api: id } : { kind: "product", product: id };
  const { message, hint } = known.unknown(last);
  properties.wrongValue("scope", `is "${text}". ${message}`, hint);
  return undefined;
}

/** Milliseconds since the epoch. */
export function dateOf(properties: Fields, name: string): number | undefined {
  const text = properties.string(name);
  if (text === undefined || text === "") return undefined;
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  properties.wrongValue(name, `is "${text}", which is no date`, "Write it as 2024-05-31T00:00:00Z.");
  return undefined;
}

function keyOf(properties: Fields, name: string): string | undefined {
  const key = properties.string(name);
  return key === undefined || key === "" || key === REDACTED ? undefined : key;
}
