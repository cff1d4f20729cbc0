/**
 * Records the trace of one request in the shape of APIM's traces:
 * `{ traceId, traceEntries: { inbound: [], backend: [], outbound: [], "on-error": [] } }`. Secrets it was given, and values of header
 * fields that carry credentials, never enter it.
 */
import { carriesCredential } from "../base/credential-fields.ts";
import type { Clock } from "../base/clock.ts";
import { MASK, type SecretMask } from "./secret-mask.ts";
import type { TraceEntry, TraceRecorder } from "./trace.ts";

const SECTIONS = ["inbound", "backend", "outbound", "on-error"] as const;
const MAX_ENTRIES = 2_000;
const MAX_TEXT = 8_192;
const MAX_ITEMS = 200;
const MAX_DEPTH = 16;
/** Characters of one trace, all entries together. */
const MAX_TOTAL = 2_000_000;
/** Parts of credentials shorter than this are words of every text. */
const MIN_LEARNED_LENGTH = 8;

export class RecordedTrace implements TraceRecorder {
  readonly traceId: string;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #known: SecretMask;
  /** Learned on the way; longer ones first, since a secret may contain another. */
  #secrets: string[] = [];
  readonly #entries = new Map<string, TraceEntry[]>(SECTIONS.map((section) => [section, []]));
  #count = 0;
  #length = 0;

  /**
   * @param startedAt monotonic time of receipt
   * @param known values that must not be shown
   */
  constructor(traceId: string, clock: Clock, startedAt: number, known: SecretMask) {
    this.traceId = traceId;
    this.#clock = clock;
    this.#startedAt = startedAt;
    this.#known = known;
  }

  add(section: string, source: string, data: unknown): void {
    const entries = this.#entries.get(section);
    if (entries === undefined || this.#count >= MAX_ENTRIES) return;
    this.#count++;
    entries.push({
      source,
      timestamp: timestamp(this.#clock.now()),
      elapsed: elapsed(this.#clock.monotonic() - this.#startedAt),
      data: this.#clean(data, "", 0),
    });
  }

  hide(secret: string): void {
    if (secret.length < MIN_LEARNED_LENGTH || this.#secrets.includes(secret)) return;
    this.#secrets = [...this.#secrets, secret].sort(longerFirst);
  }

  toJson(): string {
    return JSON.stringify({ traceId: this.traceId, traceEntries: Object.fromEntries(this.#entries) });
  }

  /** A copy in plain JSON values, bounded, without secrets. */
  #clean(value: unknown, name: string, depth: number): unknown {
    if (typeof value === "string") return carriesCredential(name) ? this.#learn(value) : this.#mask(value);
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (typeof value === "boolean" || value === null || value === undefined) return value;
    if (typeof value === "bigint") return String(value);
    if (depth >= MAX_DEPTH || typeof value !== "object") return `(${typeof value})`;
    if (value instanceof Uint8Array) return `(${value.length} bytes)`;
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => this.#clean(item, name, depth + 1));
    const pairs = value instanceof Map ? [...value] : Object.entries(value);
    // `{ name, value }` is how headers are shown: the one names the other.
    const named = "name" in value && typeof value.name === "string" ? value.name : undefined;
    return Object.fromEntries(
      pairs.slice(0, MAX_ITEMS).map(([key, item]) => {
        const text = String(key);
        return [this.#mask(text), this.#clean(item, text === "value" && named !== undefined ? named : text, depth + 1)];
      }),
    );
  }

  /** What a credential field held stays hidden where expressions show it again, whole or in its parts (`Bearer x`, `a=x; b=y`). */
  #learn(credential: string): string {
    const parts = [credential, ...credential.split(/[\s;,]+|(?<=^|[\s;])[\w.-]+=/)];
    const fresh = parts.filter((part) => part?.length >= MIN_LEARNED_LENGTH && !this.#secrets.includes(part));
    if (fresh.length > 0) this.#secrets = [...this.#secrets, ...fresh].sort(longerFirst);
    return MASK;
  }

  #mask(text: string): string {
    let masked = this.#known.mask(text);
    for (const secret of this.#secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
    const room = Math.max(0, Math.min(MAX_TEXT, MAX_TOTAL - this.#length));
    this.#length += Math.min(masked.length, room);
    return masked.length > room ? `${masked.slice(0, room)}...` : masked;
  }
}

function longerFirst(a: string, b: string): number {
  return b.length - a.length;
}

/** ISO 8601 with seven decimals, as .NET writes it. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "0000Z");
}

/** `hh:mm:ss.fffffff` */
function elapsed(ms: number): string {
  const ticks = Math.max(0, Math.round(ms * 10_000));
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const seconds = Math.floor(ticks / 10_000_000);
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(ticks % 10_000_000).padStart(7, "0")}`;
}
