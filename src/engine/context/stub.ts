/**
 * A `context` without a gateway, for `sallyport eval`: a sample request whose parts a JSON file can replace. Shape of the file:
 * { request: { method, url, headers, body, ipAddress, matchedParameters }, response: { status, headers, body }, variables,
 *   api, operation, product, subscription, user, requestId, timestamp }
 */
import { ManualClock } from "../../base/clock.ts";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import type { Route } from "../../kit/exchange.ts";
import { ResponseMessage } from "../../kit/message.ts";
import type { IncomingRequest } from "../../http/front.ts";
import type { Services } from "../../kit/services.ts";
import { RequestUrl } from "../../kit/url.ts";
import { emptySnapshot } from "../../resources/empty-snapshot.ts";
import type { Api, Operation, Product, Snapshot, Subscription, User } from "../../resources/snapshot.ts";
import { parseJson } from "../../csharp/library/json-loading.ts";
import { Box } from "../../csharp/runtime/values.ts";
import { type } from "../../csharp/types.ts";
import { type ExchangeState, createExchange } from "../exchange.ts";

interface StubMessage {
  method?: string;
  url?: string;
  status?: number;
  reason?: string;
  headers?: Record<string, string | string[]>;
  /** A string as it is; null: none; anything else as JSON. */
  body?: unknown;
  ipAddress?: string;
  matchedParameters?: Record<string, string>;
}

export interface StubContext {
  /** Of the connection, for tests; default: plain HTTP. */
  tls?: IncomingRequest["tls"];
  request?: StubMessage;
  response?: StubMessage | null;
  variables?: Record<string, unknown>;
  api?: Partial<Api>;
  operation?: Partial<Operation>;
  product?: Partial<Product> | null;
  subscription?: Partial<Subscription> | null;
  user?: Partial<User> | null;
  requestId?: string;
  timestamp?: string;
  lastError?: Partial<NonNullable<ExchangeState["lastError"]>> | null;
}

const DEFAULT_URL = "https://api.contoso.com/orders/v1/items/42?x=1&y=2&y=3";

const DEFAULT_ERROR = {
  source: "validate-jwt",
  reason: "TokenNotPresent",
  message: "JWT not present.",
  scope: "api",
  section: "inbound",
  path: "",
  policyId: "",
};

/** @param own services and snapshot of a test; without them policies that need the outside world cannot run */
export function stubContext(
  given: StubContext = {},
  own: { services?: Services; snapshot?: Snapshot } = {},
): ExchangeState {
  const request = given.request ?? {};
  const clock = own.services?.clock ?? new ManualClock(Date.parse(given.timestamp ?? "2024-05-06T07:08:09.123Z"));
  const services = own.services ?? ({ clock, log: SILENT, metrics: { emit: () => undefined } } as unknown as Services);
  const body = request.body === null ? Body.none : bodyOf(request.body ?? { a: 1, b: [1, 2, 3], s: "x" });
  const headers = headersOf(request.headers ?? { "Content-Type": "application/json", "X-Multi": ["a", "b"] });
  const exchange = createExchange({
    id: given.requestId ?? "0f8fad5b-d9cb-469f-a165-70867728950e",
    snapshot: own.snapshot ?? stubSnapshot(),
    services,
    receivedAt: clock.now(),
    startedAt: clock.monotonic() - 12.5,
    incoming: {
      method: request.method ?? "POST",
      target: "/",
      httpVersion: "1.1",
      headers,
      body,
      remoteAddress: request.ipAddress ?? "203.0.113.7",
      remotePort: 0,
      tls: given.tls,
      listener: "stub",
      onAbort: () => undefined,
    },
    clientAddress: request.ipAddress ?? "203.0.113.7",
    url: RequestUrl.parse(request.url ?? DEFAULT_URL),
    method: request.method ?? "POST",
    headers: headers.clone(),
    route: stubRoute(given),
    trace: null,
  });
  exchange.request.url = exchange.originalUrl.clone();
  const { response } = given;
  exchange.response =
    response === null
      ? null
      : new ResponseMessage(
          response?.status ?? 200,
          response?.reason ?? "OK",
          headersOf(response?.headers ?? {}),
          bodyOf(response?.body ?? {}),
        );
  exchange.lastError = given.lastError === null ? null : { ...DEFAULT_ERROR, ...given.lastError };
  for (const [name, value] of Object.entries(given.variables ?? {})) exchange.variables.set(name, variableOf(value));
  return exchange;
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

function bodyOf(value: unknown): Body {
  return Body.text(typeof value === "string" ? value : JSON.stringify(value));
}

function headersOf(values: Record<string, string | string[]>): Headers {
  return Headers.of(Object.entries(values).flatMap(([name, v]) => [v].flat().map((text) => [name, text] as const)));
}

/** JSON -> C#: strings, booleans and numbers as such (int, long or double), the rest as JTokens. */
function variableOf(value: unknown): unknown {
  if (typeof value === "string" || value === null) return value;
  if (typeof value === "boolean") return new Box(type("System.Boolean"), value);
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return new Box(type("System.Double"), value);
    return Math.abs(value) < 2 ** 31
      ? new Box(type("System.Int32"), value)
      : new Box(type("System.Int64"), BigInt(value));
  }
  return parseJson(JSON.stringify(value));
}

function stubSnapshot(): Snapshot {
  const empty = emptySnapshot();
  const groups = new Map([
    ["developers", { id: "developers", name: "Developers" }],
    ["admins", { id: "admins", name: "Admins" }],
    ["id1", { id: "id1", name: "Name 1" }],
  ]);
  const deployment = { region: "West Europe", serviceName: "contoso", gatewayId: "managed" };
  return { ...empty, groups, settings: { ...empty.settings, deployment } };
}

function stubRoute(given: StubContext): Route {
  const operation: Operation = {
    id: "id1",
    name: "Name 1",
    method: "POST",
    urlTemplate: "/items/{id}",
    responses: [],
    policy: undefined,
    ...given.operation,
  };
  const matched = given.request?.matchedParameters ?? { id: "42" };
  return {
    api: { ...STUB_API, ...given.api, operations: [operation] },
    operation,
    matchedParameters: new Map(Object.entries(matched)),
    apiPath: "/orders/v1",
    operationPath: "/items/42",
    product: given.product === null ? null : { ...STUB_PRODUCT, ...given.product },
    subscription: given.subscription === null ? null : { ...STUB_SUBSCRIPTION, ...given.subscription },
    subscriptionKey: "k",
    user: given.user === null ? null : { ...STUB_USER, ...given.user },
  };
}

const STUB_API: Omit<Api, "operations"> = {
  id: "id1",
  name: "Name 1",
  description: "",
  type: "http",
  path: "orders/v1",
  protocols: ["https"],
  serviceUrl: "https://backend.contoso.net/api",
  revision: "1",
  isCurrent: true,
  isOnline: true,
  version: "v1",
  versionSetId: undefined,
  subscriptionRequired: true,
  subscriptionKeyHeader: "Ocp-Apim-Subscription-Key",
  subscriptionKeyQuery: "subscription-key",
  policy: undefined,
};

const STUB_PRODUCT: Product = {
  id: "id1",
  name: "Name 1",
  description: "",
  isPublished: true,
  subscriptionRequired: true,
  approvalRequired: false,
  subscriptionsLimit: undefined,
  apis: new Set(["id1"]),
  groups: ["id1"],
  policy: undefined,
};

const STUB_SUBSCRIPTION: Subscription = {
  id: "id1",
  name: "Name 1",
  scope: { kind: "product", product: "id1" },
  state: "active",
  allowTracing: false,
  ownerId: undefined,
  primaryKey: "pk",
  secondaryKey: "sk",
  createdAt: Date.parse("2024-01-02T03:04:05Z"),
  startAt: undefined,
  endAt: undefined,
};

const STUB_USER: User = {
  id: "id1",
  email: "user@contoso.com",
  firstName: "Ada",
  lastName: "Lovelace",
  note: "",
  registeredAt: Date.parse("2024-01-02T03:04:05Z"),
  groups: ["developers", "admins"],
  identities: [{ id: "id1", provider: "Basic" }],
};
