/** Circuit breakers: which backends are not to be called now, known to all who call them. */
export interface Breakers {
  /**
   * Whether a call may pass: 0 when the breaker is closed; `PROBE` when the pause is over and this one call may try (report how it went
   * with `reset` or `trip`); otherwise the ms until one may.
   */
  admit(key: string): number;
  /** Opens the breaker. */
  trip(key: string, forMs: number): void;
  /** Closes it: a call has succeeded. */
  reset(key: string): void;
}

export const PROBE = -1;
