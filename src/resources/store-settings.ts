/** Where counts, slots, breakers and cached values live: the section `stores` of sallyport.yaml after defaults. */

export interface StoreSettings {
  /** Shared by replicas; undefined: each replica has its own. */
  readonly redis:
    | {
        /** May hold a password. */
        readonly url: string;
        readonly mode: "exact" | "leased";
        readonly onOutage: "local" | "allow" | "deny";
        readonly deadlineMs: number;
        readonly cacheDeadlineMs: number;
        readonly prefix: string;
      }
    | undefined;
  /** File that keeps quotas over a restart; null: they are not kept; undefined: where this user keeps state. */
  readonly quotaFile: string | null | undefined;
  /** Live rate windows and quota windows there is room for in memory. */
  readonly rates: number;
  readonly quotas: number;
  /** Of the internal cache, shared by all threads. */
  readonly cacheBytes: number;
}
