/** What is looked for beside the plans: secrets in files, subscriptions, products, listeners, egress. */
import { isSecretName } from "../kit/doors.ts";
import type { Places } from "../resources/places.ts";
import type { Settings, Snapshot } from "../resources/snapshot.ts";
import { isLoopback } from "./entrances.ts";
import type { Place } from "./finding.ts";
import type { Found } from "./findings.ts";

const SETTINGS: Place = { file: "sallyport.yaml", line: 1 };

export function* resourceRules(snapshot: Snapshot, places: Places): Generator<Found> {
  yield* namedValueRules(snapshot, places);
  yield* subscriptionRules(snapshot, places);
  yield* productRules(snapshot, places);
  yield* credentialRules(snapshot, places);
  yield* networkRules(snapshot.settings, places);
}

function* namedValueRules({ namedValues }: Snapshot, places: Places): Generator<Found> {
  for (const { id, name, isSecret, value } of namedValues.values()) {
    if (value === undefined || !(isSecret || isSecretName(name))) continue;
    const found = places.plainTexts({ kind: "namedvalues", id, name }, ["", "value"], ["value"]);
    const what = isSecret ? "is secret" : "has the name of a secret";
    for (const place of found)
      yield {
        code: "SA4002",
        place,
        reason: `The named value "${name}" ${what}, and its value stands there as plain text`,
      };
  }
}

function* subscriptionRules({ subscriptions }: Snapshot, places: Places): Generator<Found> {
  for (const { id, scope, state, allowTracing } of subscriptions) {
    const sought = { kind: "subscriptions", id } as const;
    const keys = ["primaryKey", "secondaryKey"];
    for (const place of places.plainTexts(sought, ["", ...keys], keys))
      yield { code: "SA4002", place, reason: `A key of the subscription "${id}" stands there as plain text` };
    if (state !== "active") continue;
    if (scope.kind === "all-apis" || scope.kind === "service")
      yield {
        code: "SA5001",
        place: places.of(sought, "scope") ?? SETTINGS,
        reason: `A key of the subscription "${id}" opens ${scope.kind === "service" ? "the whole service" : "every API"}`,
      };
    if (allowTracing)
      yield {
        code: "SA5002",
        place: places.of(sought, "allowTracing") ?? SETTINGS,
        reason: `The subscription "${id}" may trace`,
      };
  }
}

function* productRules({ products, subscriptions }: Snapshot, places: Places): Generator<Found> {
  for (const { id, isPublished, subscriptionRequired, apis } of products.values()) {
    if (apis.size === 0) continue;
    const sought = { kind: "products", id } as const;
    if (isPublished && !subscriptionRequired)
      yield {
        code: "SA5003",
        place: places.of(sought, "subscriptionRequired") ?? SETTINGS,
        reason: `The product "${id}" opens ${apis.size === 1 ? "its API" : `its ${apis.size} APIs`} to callers without a key`,
      };
    const left = subscriptions.filter(
      ({ scope, state }) => state === "active" && scope.kind === "product" && scope.product === id,
    );
    if (!isPublished && left.length > 0)
      yield {
        code: "SA5004",
        place: places.of(sought, "state") ?? SETTINGS,
        reason: `The product "${id}" is not published, but keys of ${left.map((s) => `"${s.id}"`).join(", ")} open its APIs`,
      };
  }
}

function* credentialRules({ backends }: Snapshot, places: Places): Generator<Found> {
  for (const { id } of backends.values()) {
    const inSettings = ["header", "query", "authorization.parameter"];
    const inExtract = ["credentials.header", "credentials.query", "credentials.authorization.parameter"];
    for (const place of places.plainTexts({ kind: "backends", id }, inSettings, inExtract))
      yield { code: "SA4002", place, reason: `A credential for the backend "${id}" stands there as plain text` };
  }
}

function* networkRules({ listeners, admin, egress }: Settings, places: Places): Generator<Found> {
  for (const [i, { name, host, tls }] of listeners.entries()) {
    if (tls !== undefined || isLoopback(host)) continue;
    yield {
      code: "SA6001",
      place: places.ofSetting("listeners", i) ?? SETTINGS,
      reason: `The listener "${name}" serves plain HTTP on ${host}`,
    };
  }
  if (admin !== undefined && !isLoopback(admin.host))
    yield {
      code: "SA6002",
      place: places.ofSetting("admin") ?? SETTINGS,
      reason: `The admin server listens on ${admin.host}`,
    };
  if (egress.private === "any")
    yield {
      code: "SA3006",
      place: places.ofSetting("egress") ?? SETTINGS,
      reason: "Policies may call every private address",
    };
}
