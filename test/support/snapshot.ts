/** Small configurations for tests, built from defaults. */
import { SourceText } from "../../src/base/source-text.ts";
import { defaultSettings, emptySnapshot } from "../../src/resources/empty-snapshot.ts";
import type {
  Api,
  Operation,
  PolicyDocument,
  Product,
  Settings,
  Snapshot,
  Subscription,
} from "../../src/resources/snapshot.ts";

export function policy(inner: {
  inbound?: string;
  backend?: string;
  outbound?: string;
  onError?: string;
}): PolicyDocument {
  const section = (name: string, text: string | undefined) => `<${name}>${text ?? "<base />"}</${name}>`;
  const text = [
    section("inbound", inner.inbound),
    section("backend", inner.backend),
    section("outbound", inner.outbound),
    section("on-error", inner.onError),
  ].join("");
  return { source: new SourceText(`<policies>${text}</policies>`, "test.xml") };
}

export function operation(method: string, urlTemplate: string, more: Partial<Operation> = {}): Operation {
  const id = more.id ?? `${method} ${urlTemplate}`;
  return { id, name: id, method, urlTemplate, responses: [], policy: undefined, ...more };
}

export function api(id: string, more: Partial<Api> = {}): Api {
  return {
    id,
    name: id,
    description: "",
    type: "http",
    path: id,
    protocols: ["https"],
    serviceUrl: undefined,
    revision: "1",
    isCurrent: true,
    isOnline: true,
    version: undefined,
    versionSetId: undefined,
    subscriptionRequired: false,
    subscriptionKeyHeader: "Ocp-Apim-Subscription-Key",
    subscriptionKeyQuery: "subscription-key",
    operations: [],
    policy: undefined,
    ...more,
  };
}

export function product(id: string, apis: readonly string[], more: Partial<Product> = {}): Product {
  return {
    id,
    name: id,
    description: "",
    isPublished: true,
    subscriptionRequired: true,
    approvalRequired: false,
    subscriptionsLimit: undefined,
    apis: new Set(apis),
    groups: [],
    policy: undefined,
    ...more,
  };
}

export function subscription(id: string, scope: Subscription["scope"], more: Partial<Subscription> = {}): Subscription {
  return {
    id,
    name: id,
    scope,
    state: "active",
    allowTracing: false,
    ownerId: undefined,
    primaryKey: `${id}-primary-key-0123456789`,
    secondaryKey: `${id}-secondary-key-0123456789`,
    createdAt: 0,
    startAt: undefined,
    endAt: undefined,
    ...more,
  };
}

export function snapshot(more: Partial<Omit<Snapshot, "settings">> & { settings?: Partial<Settings> } = {}): Snapshot {
  const { settings, ...rest } = more;
  return { ...emptySnapshot({ ...defaultSettings(), ...settings }), version: "test", ...rest };
}
