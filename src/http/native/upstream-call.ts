/**
 * One request to a backend and its answer: waits for a connection, may be given up at any time, hands the answer on. A small answer is
 * complete before anybody hears of it, so that it can leave in one write; others stream.
 */
import type { Duplex } from "node:stream";
import { Body } from "../body.ts";
import { Headers } from "../headers.ts";
import { isUpgradeOffer } from "../hop-by-hop.ts";
import { type ResponseController, ResponseBodySource } from "../upstream-body.ts";
import { upstreamError } from "../upstream-failure.ts";
import { removeListed } from "../upstream-response.ts";
import { UpstreamError, type UpstreamRequest, type UpstreamResponse } from "../upstream.ts";
import { enqueue, type Task } from "./batch.ts";
import { DROP, useOf } from "./outgoing-names.ts";
import type { ResponseHead } from "./response-head.ts";

export interface CallResult {
  readonly response: UpstreamResponse;
  /** The rest of the connection, after 101. */
  readonly socket?: Duplex;
}

/** Bodies up to this length are collected before the response is handed on. */
export const SMALL_BYTES = 65_536;

const EMPTY = new Uint8Array(0);

/** May be sent again when a kept connection turns out to be dead (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export class UpstreamCall implements Task {
  readonly request: UpstreamRequest;
  readonly isHead: boolean;
  readonly isUpgrade: boolean;
  /** Whoever works on it; undefined while it waits for a connection. */
  controller: ResponseController | undefined;
  isOver = false;
  /** An automatic repetition is not repeated itself (RFC 9112 section 9.3.1): what kills one connection would kill them all. */
  wasRepeated = false;
  readonly #resolve: (result: CallResult) => void;
  readonly #reject: (error: UpstreamError) => void;
  readonly #onAbort: (() => void) | undefined;
  #head: ResponseHead | undefined;
  #body = Body.none;
  /** A small body of known length while it arrives. */
  #whole: Buffer | undefined;
  /** What one read has brought of another body. */
  #gathered: Buffer | undefined;
  /** Bytes of either that are there. */
  #filled = 0;
  /** What came before it is known whether the body is a stream. */
  #early: Uint8Array[] = [];
  #source: ResponseBodySource | undefined;

  constructor(
    request: UpstreamRequest,
    isUpgrade: boolean,
    resolve: (result: CallResult) => void,
    reject: (error: UpstreamError) => void,
  ) {
    this.request = request;
    this.isHead = request.method === "HEAD";
    this.isUpgrade = isUpgrade;
    this.#resolve = resolve;
    this.#reject = reject;
    if (request.signal !== undefined) {
      this.#onAbort = () => this.#abort();
      request.signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    request.caller?.onAbort(() => this.#abort());
  }

  get origin(): string {
    return this.request.origin;
  }

  /** Doing it twice is as good as once, and it can be done again: nothing of its body has been used up. */
  get isRepeatable(): boolean {
    return !this.wasRepeated && !this.isUpgrade && IDEMPOTENT.has(this.request.method) && this.request.body.isHeld;
  }

  /** The final response has begun. */
  begin(head: ResponseHead): void {
    this.#head = head;
    if (head.length >= 0 && head.length <= SMALL_BYTES) this.#whole = Buffer.allocUnsafe(head.length);
  }

  /**
   * Part of the body, to be copied. What one read has brought is handed on in one piece, however many chunks it was.
   * @param readEnd where the bytes of this read end
   */
  content(bytes: Buffer, start: number, end: number, readEnd: number): void {
    let target = this.#whole ?? this.#gathered;
    if (target === undefined) {
      target = Buffer.allocUnsafe(readEnd - start);
      this.#gathered = target;
      this.#filled = 0;
    }
    bytes.copy(target, this.#filled, start, end);
    this.#filled += end - start;
  }

  /** All that one read has brought is here: a body that goes on, and is not small, is a stream from here on. */
  pause(): void {
    const head = this.#head;
    if (head === undefined || this.#whole !== undefined || this.isOver) return;
    this.#flush();
    if (this.#source !== undefined) return;
    const source = new ResponseBodySource(this.controller as ResponseController, () => this.#over());
    this.#source = source;
    for (const chunk of this.#early) source.push(chunk);
    this.#early = [];
    this.#deliver(head, Body.stream(source, head.length >= 0 ? head.length : undefined));
  }

  end(): void {
    if (this.#whole !== undefined) {
      this.complete(this.#head as ResponseHead, Body.bytes(this.#whole));
      return;
    }
    this.#flush();
    if (this.#source !== undefined) this.#source.end();
    else this.complete(this.#head as ResponseHead, Body.bytes(this.#early[0] ?? EMPTY));
  }

  /** The whole of it at once. */
  complete(head: ResponseHead, body: Body): void {
    if (this.isOver) return;
    this.#over();
    this.#head = head;
    this.#body = body;
    enqueue(this);
  }

  /** The answer is here in whole, and its turn has come. */
  run(): void {
    this.#deliver(this.#head as ResponseHead, this.#body);
  }

  upgraded(head: ResponseHead, socket: Duplex): void {
    this.#over();
    this.#resolve({ response: responseOf(head, Body.none), socket });
  }

  fail(cause: unknown): void {
    const error = upstreamError(this.origin, cause);
    if (this.#source !== undefined) {
      this.#flush();
      this.#source.fail(error);
      return;
    }
    if (this.isOver) return;
    this.#over();
    this.request.body.discard();
    this.#reject(error);
  }

  #flush(): void {
    const chunk = this.#gathered?.subarray(0, this.#filled);
    this.#gathered = undefined;
    if (chunk === undefined) return;
    if (this.#source !== undefined) this.#source.push(chunk);
    else this.#early.push(chunk);
  }

  #deliver(head: ResponseHead, body: Body): void {
    this.#resolve({ response: responseOf(head, body) });
  }

  #abort(): void {
    if (this.isOver) return;
    const error = new UpstreamError("aborted", `The request to ${this.origin} was aborted.`);
    if (this.controller !== undefined) this.controller.abort(error);
    else this.fail(error);
  }

  /** Nothing more will come: the signal must not keep this alive. */
  #over(): void {
    this.isOver = true;
    if (this.#onAbort !== undefined) this.request.signal?.removeEventListener("abort", this.#onAbort);
  }
}

function responseOf({ status, reason, raw, connection }: ResponseHead, body: Body): UpstreamResponse {
  let to = 0;
  for (let i = 0; i < raw.length; i += 2) {
    if (useOf(raw[i]) === DROP && !isUpgradeOffer(status, raw[i])) continue;
    raw[to++] = raw[i];
    raw[to++] = raw[i + 1];
  }
  // Cheaper than setting the length for the few that there are.
  while (raw.length > to) raw.pop();
  const headers = new Headers(raw);
  // What nearly all say names no other field.
  const isUsual = connection === undefined || connection === "keep-alive" || connection === "close";
  if (!isUsual) removeListed(headers, connection);
  return { status, reason, headers, body };
}
