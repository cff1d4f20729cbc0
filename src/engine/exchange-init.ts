/** What the gateway knows of a request when its exchange begins. */
import type { IncomingRequest } from "../http/front.ts";
import type { Headers } from "../http/headers.ts";
import type { Route } from "../kit/exchange.ts";
import type { Services } from "../kit/services.ts";
import type { RequestUrl } from "../kit/url.ts";
import type { Api, Operation, Snapshot } from "../resources/snapshot.ts";
import type { TraceRecorder } from "../telemetry/trace.ts";

export interface ExchangeInit {
  /** GUID. */
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly services: Services;
  /** Wall and monotonic time of receipt, ms. */
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly incoming: IncomingRequest;
  readonly clientAddress: string;
  /** Canonical. */
  readonly url: RequestUrl;
  readonly method: string;
  /** What is forwarded unless policies change it: hop-by-hop fields, keys and untrusted forwarding headers are already gone. */
  readonly headers: Headers;
  readonly route: Route;
  readonly trace: TraceRecorder | null;
}

/** Stands in a route for the API of a request that matched none: `context.Api` is null then. */
export const NO_API: Api = {
  id: "",
  name: "",
  description: "",
  type: "http",
  path: "",
  protocols: [],
  serviceUrl: undefined,
  revision: "",
  isCurrent: false,
  isOnline: false,
  version: undefined,
  versionSetId: undefined,
  subscriptionRequired: false,
  subscriptionKeyHeader: "Ocp-Apim-Subscription-Key",
  subscriptionKeyQuery: "subscription-key",
  operations: [],
  policy: undefined,
};

/** Stands in a route for the operation of a request that matched none: `context.Operation` is null then. */
export const NO_OPERATION: Operation = {
  id: "",
  name: "",
  method: "",
  urlTemplate: "",
  responses: [],
  policy: undefined,
};
