/**
 * Cached responses: how cache-lookup names them, how they are kept, and how one request fetches what many wait for. A response is kept
 * as bytes, so that any store can hold it.
 */
import { Body, type BodySink, type BodySource } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { ResponseMessage } from "../../kit/message.ts";
import type { Cache } from "../../kit/services.ts";

/** As in Azure API Management: larger responses are not kept. */
export const MAX_CACHED_BYTES = 2 * 1024 * 1024;

/** What cache-lookup found out, for the cache-store of the same request. */
export interface LookupState {
  readonly cache: Cache;
  readonly key: string;
  readonly downstream: Downstream;
  readonly mustRevalidate: boolean;
  /** Of the request, as they were at the lookup: what a Vary of the response is about. */
  readonly headers: Headers;
  /** The response on its way into the cache. */
  stored?: void | Promise<void>;
}

export type Downstream = "none" | "private" | "public";

/** Requests whose response may be stored. */
export const lookups = new WeakMap<Exchange, LookupState>();

/** A response that came out of the cache. */
export interface CachedResponse {
  readonly response: ResponseMessage;
  /** Whole seconds it stays valid, for downstream caches. */
  readonly remainingSeconds: number;
}

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly string[];
  /** Request fields that the response says it depends on (RFC 9110 section 12.5.5), as they were: name, values. */
  readonly vary: readonly (readonly [name: string, values: readonly string[]])[];
  /** Wall time, ms. */
  readonly expiresAt: number;
}

/** Fields that belong to one caller or one connection: they never come out of a cache. */
const NOT_KEPT = ["Set-Cookie", "Content-Length", "Transfer-Encoding", "Cache-Control", "Age"];

/** Parts of something, and answers that say that something else is still good, are no responses of their own. */
const NEVER_KEPT = new Set([206, 304]);

/**
 * Whether a response may answer other requests (RFC 9111 section 3).
 * @param isWanted the policy says so, whatever the response itself says; undefined: it says nothing
 */
export function isKeepable({ status, headers }: ResponseMessage, isWanted: boolean | undefined): boolean {
  if (isWanted === false || NEVER_KEPT.has(status) || headers.has("Content-Range")) return false;
  if (varies(headers).includes("*")) return false;
  if (isWanted) return true;
  // A session that a response opens is its caller's alone.
  return status === 200 && !headers.has("Set-Cookie") && !isForbidden(headers);
}

function isForbidden(headers: Headers): boolean {
  const directives = namesIn(headers, "Cache-Control").map((directive) => directive.split("=", 1)[0].trim());
  return directives.includes("no-store") || directives.includes("private");
}

function varies(headers: Headers): string[] {
  return namesIn(headers, "Vary");
}

/** Elements of a list field, in lower case. */
function namesIn(headers: Headers, name: string): string[] {
  return headers
    .all(name)
    .flatMap((line) => line.split(","))
    .map((element) => element.trim().toLowerCase())
    .filter((element) => element !== "");
}

export function encodeResponse(
  response: ResponseMessage,
  body: Uint8Array,
  expiresAt: number,
  asked: Headers,
): Uint8Array {
  const vary = [...new Set(varies(response.headers))].map((name) => [name, [...asked.all(name)]] as const);
  const headers = new Headers([...response.headers.raw]);
  for (const name of NOT_KEPT) headers.remove(name);
  const head: Head = { status: response.status, reason: response.reason, headers: headers.raw, vary, expiresAt };
  const text = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.allocUnsafe(4 + text.length + body.length);
  bytes.writeUInt32LE(text.length);
  text.copy(bytes, 4);
  bytes.set(body, 4 + text.length);
  return bytes;
}

/** Undefined when it is not what `encodeResponse` made, its time is over, or it was the answer to another kind of request. */
export function decodeResponse(stored: unknown, now: number, asked: Headers): CachedResponse | undefined {
  if (!(stored instanceof Uint8Array) || stored.length < 4) return undefined;
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  const end = 4 + bytes.readUInt32LE();
  let head: Head;
  try {
    head = JSON.parse(bytes.toString("utf8", 4, end));
  } catch {
    return undefined;
  }
  if (!(head.expiresAt > now)) return undefined;
  if (!head.vary.every(([name, values]) => isSameList(values, asked.all(name)))) return undefined;
  const body = Body.bytes(bytes.subarray(end));
  const response = new ResponseMessage(head.status, head.reason, new Headers([...head.headers]), body);
  return { response, remainingSeconds: Math.floor((head.expiresAt - now) / 1000) };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** What is left of the time goes into max-age; an Age beside it would be subtracted twice. */
export function setCacheControl(headers: Headers, { downstream, mustRevalidate }: LookupState, seconds: number): void {
  const revalidate = mustRevalidate ? ", must-revalidate" : "";
  headers.set("Cache-Control", downstream === "none" ? "no-store" : `${downstream}, max-age=${seconds}${revalidate}`);
}

/**
 * The body as it goes on to the caller, while its bytes are collected: `done` gets them when it has come to its end, whole and not
 * larger than `maxBytes`.
 */
export function collecting(body: Body, maxBytes: number, done: (bytes: Uint8Array) => void): Body {
  const { buffered } = body;
  if (buffered !== undefined) {
    if (buffered.length <= maxBytes) done(buffered);
    return body;
  }
  if (body.length !== undefined && body.length > maxBytes) return body;
  return Body.stream(new Collector(body, maxBytes, done), body.length);
}

class Collector implements BodySource {
  readonly #body: Body;
  readonly #maxBytes: number;
  readonly #done: (bytes: Uint8Array) => void;
  #source: BodySource | undefined;
  #chunks: Uint8Array[] | undefined = [];
  #size = 0;

  constructor(body: Body, maxBytes: number, done: (bytes: Uint8Array) => void) {
    this.#body = body;
    this.#maxBytes = maxBytes;
    this.#done = done;
  }

  start(sink: BodySink): void {
    this.#source = this.#body.pipe({
      chunk: (data) => {
        this.#keep(data);
        return sink.chunk(data);
      },
      end: () => {
        const chunks = this.#chunks;
        this.#chunks = undefined;
        if (chunks !== undefined) this.#done(Buffer.concat(chunks, this.#size));
        sink.end();
      },
      error: (error) => {
        this.#chunks = undefined;
        sink.error(error);
      },
    });
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(reason?: Error): void {
    this.#chunks = undefined;
    if (this.#source === undefined) this.#body.discard(reason);
    else this.#source.cancel(reason);
  }

  /** A copy: the front may reuse the memory it reads into. */
  #keep(data: Uint8Array): void {
    this.#size += data.length;
    if (this.#size > this.#maxBytes) this.#chunks = undefined;
    this.#chunks?.push(Buffer.from(data));
  }
}
