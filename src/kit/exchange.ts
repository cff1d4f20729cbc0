/**
 * One request on its way through the gateway: everything a policy may read or change. Created once per request by the gateway.
 */
import type { Clock } from "../base/clock.ts";
import type { IncomingRequest } from "../http/front.ts";
import type { Api, Backend, Operation, Product, Snapshot, Subscription, User } from "../resources/snapshot.ts";
import type { TraceRecorder } from "../telemetry/trace.ts";
import type { RequestSpan } from "../telemetry/tracing.ts";
import type { RequestMessage, ResponseMessage } from "./message.ts";
import type { RefusalDetail } from "./outcome.ts";
import type { Services } from "./services.ts";
import type { RequestUrl } from "./url.ts";

export type { AwsAccess, ModelBackend, ModelGuard } from "../resources/ai-settings.ts";

/** What policies name of the configuration. */
export type {
  Api,
  Backend,
  CircuitBreakerRule,
  Operation,
  PoolMember,
  Product,
  Snapshot,
  Subscription,
  User,
} from "../resources/snapshot.ts";

export type Section = "inbound" | "backend" | "outbound" | "on-error";
export type Scope = "global" | "product" | "api" | "operation" | "fragment";

/** Where a step stands: for LastError, traces and faults. */
export interface StepPlace {
  /** Policy name: `set-header`. */
  readonly policy: string;
  /** The `id` attribute, else "". */
  readonly id: string;
  readonly scope: Scope;
  readonly section: Section;
  /** `choose[1]/when[2]/set-header[1]` without the policy itself; "" at the top. */
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

export interface LastError {
  source: string;
  reason: string;
  message: string;
  scope: string;
  section: string;
  path: string;
  policyId: string;
  /** Facts for logs and traces; expressions do not see them. */
  detail?: RefusalDetail;
}

/** What routing and the key decided. Absent parts are null, as in `context`. */
export interface Route {
  readonly api: Api;
  readonly operation: Operation;
  readonly matchedParameters: ReadonlyMap<string, string>;
  /** Base path of the API as matched, for example `/orders/v1`. */
  readonly apiPath: string;
  /** Rest of the path after the API's, with leading slash: what is appended to the backend's URL. */
  readonly operationPath: string;
  product: Product | null;
  subscription: Subscription | null;
  /** The key that was presented. */
  subscriptionKey: string | null;
  user: User | null;
}

/** Variables of an exchange: C# values by name, ordinal names. */
export interface Variables {
  has(name: string): boolean;
  /** As the .NET object representation. */
  get(name: string): unknown;
  /** Any C# value or host object (ResponseMessage, Jwt ...). */
  set(name: string, value: unknown): void;
  remove(name: string): void;
  setString(name: string, value: string): void;
  setInt(name: string, value: number): void;
  /** A JObject. */
  setJson(name: string, text: string): void;
  /**
   * A C# value in a form that a cache may keep and hand out again: later changes of the one never show in the other. Bytes (Uint8Array)
   * where others could read it; else an object of this thread.
   */
  toCacheable(value: unknown): unknown;
  /** Undefined when bytes are not what `toCacheable` made. */
  fromCacheable(cached: unknown): unknown;
  /** About how many bytes of memory a value takes. */
  sizeOf(value: unknown): number;
  entries(): Iterable<[string, unknown]>;
}

export interface Exchange {
  /** GUID of this request: context.RequestId. */
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly services: Services;
  readonly clock: Clock;
  /** Wall time of receipt, ms since the epoch, and its monotonic twin for Elapsed. */
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly incoming: IncomingRequest;
  /** Caller's address after trusted proxies; "" when it cannot be established. */
  readonly clientAddress: string;
  readonly originalUrl: RequestUrl;
  readonly originalMethod: string;
  /** The request as it will be forwarded: its URL is backendUrl + the path below the API + the caller's query. */
  readonly request: RequestMessage;
  response: ResponseMessage | null;
  readonly route: Route;
  readonly variables: Variables;
  lastError: LastError | null;
  /** Where the runner is. */
  place: StepPlace | null;
  section: Section;
  /** Base URL requests go to (API's service URL or set-backend-service), without trailing slash; null: none is known. */
  readonly backendUrl: string | null;
  /** The backend entity in use, when there is one. */
  readonly backend: Backend | null;
  /** Points the request to another base URL; the path below it stays. */
  setBackend(url: string, backend: Backend | null): void;
  /** Replaces path below the base (with leading slash, percent-encoded) and query (without `?`): rewrite-uri. */
  rewrite(path: string, query: string): void;
  readonly trace: TraceRecorder | null;
  /** Tells of calls that are made for this request; undefined: nobody traces. */
  readonly span: RequestSpan | undefined;
  /** Aborted when the caller went away. */
  readonly signal: AbortSignal;
  /** Milliseconds until the backend's response head, over all attempts that had one; undefined while none has. */
  backendMs: number | undefined;
  /** Scheme, host and port that a policy called last; undefined: none was called. */
  calledOrigin: string | undefined;
  /** Bytes of request and response bodies that went over the wire, once the answer is out. */
  readonly transferredBytes: number;
  /** Runs when the response is settled and before it is sent: for headers a policy promised, and counts that depend on the response. */
  beforeResponse(callback: (exchange: Exchange) => void | Promise<void>): void;
  /** Runs after the answer was sent or broken off (token counts, increment-condition): in order of registration. */
  atEnd(callback: (exchange: Exchange) => void | Promise<void>): void;
}
