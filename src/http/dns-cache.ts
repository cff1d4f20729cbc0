/**
 * Names of backends, resolved once for many connections. The system's resolver works on few threads and tells no time to live: an answer
 * is good for a while, is refreshed in the background when it is older, and stays good while the resolver is out of order.
 */
import { lookup as resolveName, type LookupAddress, type LookupAllOptions } from "node:dns";

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type Resolve = (hostname: string, options: LookupAllOptions, callback: Callback) => void;

interface Entry {
  addresses: LookupAddress[] | undefined;
  /** Monotonic time in ms at which they were told. */
  resolvedAt: number;
  /** Who waits for the first answer; undefined when no question is under way. */
  waiting: Callback[] | undefined;
}

/** Younger answers are taken as they are. */
const FRESH_MS = 10_000;
/** Older ones are not used, unless the resolver has nothing better to say. */
const STALE_MS = 60_000;
/** Callers may make up names. */
const MAX_NAMES = 1_000;

export class DnsCache {
  readonly #entries = new Map<string, Entry>();
  readonly #resolve: Resolve;
  readonly #now: () => number;

  /** @param now monotonic time in ms */
  constructor(resolve: Resolve = resolveName, now: () => number = () => performance.now()) {
    this.#resolve = resolve;
    this.#now = now;
  }

  /** All addresses of a name, as `dns.lookup` with `all` gives them. */
  lookup(hostname: string, options: LookupAllOptions, callback: Callback): void {
    const key = `${hostname} ${options.family ?? 0} ${options.hints ?? 0}`;
    const entry = this.#entry(key);
    const age = this.#now() - entry.resolvedAt;
    if (entry.addresses !== undefined && age < STALE_MS) {
      const { addresses } = entry;
      if (age >= FRESH_MS && entry.waiting === undefined) this.#ask(key, entry, hostname, options);
      // Never before the caller has returned: as a resolver does.
      process.nextTick(() => callback(null, addresses));
      return;
    }
    const isAsked = entry.waiting !== undefined;
    entry.waiting ??= [];
    entry.waiting.push(callback);
    if (!isAsked) this.#ask(key, entry, hostname, options);
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= MAX_NAMES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry: Entry = { addresses: undefined, resolvedAt: Number.NEGATIVE_INFINITY, waiting: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  #ask(key: string, entry: Entry, hostname: string, options: LookupAllOptions): void {
    entry.waiting ??= [];
    this.#resolve(hostname, options, (error, addresses) => {
      const waiting = entry.waiting ?? [];
      entry.waiting = undefined;
      if (error === null) {
        entry.addresses = addresses;
        entry.resolvedAt = this.#now();
      } else if (entry.addresses === undefined) {
        // What was never known is asked again each time.
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      }
      const known = entry.addresses;
      for (const callback of waiting) {
        if (known === undefined) callback(error, []);
        else callback(null, known);
      }
    });
  }
}

/** One for the process: a name is the same for all. */
export const dnsCache = new DnsCache();
