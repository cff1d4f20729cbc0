/**
 * The trace of one request: every step with section, scope, policy, line, time, outcome and the expressions it evaluated.
 * Shape as APIM's trace (reference: runtime, section 4), with more in `data`.
 */
export interface TraceEntry {
  readonly source: string;
  /** ISO 8601 with 7 decimals. */
  readonly timestamp: string;
  /** Since receipt, `hh:mm:ss.fffffff`. */
  readonly elapsed: string;
  readonly data: unknown;
}

export interface TraceRecorder {
  /** Adds an entry to the section (`inbound`, `backend`, `outbound`, `on-error`). Secrets are masked by the recorder. */
  add(section: string, source: string, data: unknown): void;
  /** A secret that came up on the way (a token that was fetched): no entry shows it from now on. */
  hide(secret: string): void;
}
