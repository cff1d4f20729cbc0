/**
 * What a step answers. Expected endings are returned, not thrown: an early end by a returned value costs 60 times less than an exception.
 *
 *   undefined      go on with the next step
 *   "respond"      exchange.response is the answer: skip all that is left, on-error included
 *   Refusal        the policy's no: on-error runs, then the refusal's own answer unless on-error made another
 *
 * Anything thrown is a fault; the runner turns it into LastError and a 500 in one place.
 */
import type { Headers } from "../http/headers.ts";

/**
 * Facts behind a refusal, for those who run the gateway: what was expected and what was found, and where from. Plain data that may be
 * logged as it is: no secrets, no whole tokens.
 */
export type RefusalDetail = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export class Refusal {
  readonly status: number;
  /** Reason code of LastError, for example `RateLimitExceeded`. */
  readonly reason: string;
  /** LastError.Message: may explain to the operator what the caller must not learn. */
  readonly message: string;
  /** `message` of the answer's JSON body; default: `message`. */
  readonly publicMessage: string;
  readonly headers: Headers | undefined;
  /** LastError.Source when it is not the policy's own name (`authorization`, `configuration`). */
  readonly source: string | undefined;
  /** The answer stays exchange.response instead of the default error answer (fail-on-error-status-code). */
  readonly keepsResponse: boolean;
  /** JSON of the answer's whole body, where callers expect another shape than the gateway's own. */
  readonly body: string | undefined;
  /** Goes to LastError, traces and the security log; never into the answer. */
  readonly detail: RefusalDetail | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    options: {
      publicMessage?: string;
      headers?: Headers;
      source?: string;
      keepsResponse?: boolean;
      body?: string;
      detail?: RefusalDetail;
    } = {},
  ) {
    this.status = status;
    this.reason = reason;
    this.message = message;
    this.publicMessage = options.publicMessage ?? message;
    this.headers = options.headers;
    this.source = options.source;
    this.keepsResponse = options.keepsResponse ?? false;
    this.body = options.body;
    this.detail = options.detail;
  }
}

export type Outcome = undefined | "respond" | Refusal;

/** A fault a policy raises on purpose with a LastError reason of its own: Timeout, BackendConnectionFailure ... */
export class PolicyFault extends Error {
  readonly reason: string;
  readonly status: number;
  readonly source: string | undefined;

  constructor(reason: string, message: string, options: { status?: number; source?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "PolicyFault";
    this.reason = reason;
    this.status = options.status ?? 500;
    this.source = options.source;
  }
}
