/**
 * Receives one response from undici's dispatcher. Small bodies are complete before anybody hears of the response, so that they can
 * leave in one write; others stream. What no client should ever see (status 999, control characters, endless 1xx) ends here.
 */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { isDigits } from "./authority.ts";
import { Body } from "./body.ts";
import { Headers } from "./headers.ts";
import { isFieldValue } from "./header-syntax.ts";
import { connectionOptions, isHopByHop, isUpgradeOffer } from "./hop-by-hop.ts";
import { ResponseBodySource } from "./upstream-body.ts";
import { upstreamError } from "./upstream-failure.ts";
import type { RequestBodyStream } from "./upstream-request-body.ts";
import { UpstreamError, type UpstreamRequest, type UpstreamResponse } from "./upstream.ts";
import { isSwitch } from "./websocket-handshake.ts";

/** Bodies up to this declared length are collected before the response is handed on. */
const SMALL_BYTES = 65_536;
const MAX_INTERIM_RESPONSES = 100;
const NOT_CONTENT = new Set([204, 304]);

export interface Upgraded {
  readonly response: UpstreamResponse;
  readonly socket?: Duplex;
}

export class ResponseHandler implements Dispatcher.DispatchHandler {
  /** The request's body while it streams, to tell a failure of the caller from one of the backend. */
  requestBody: RequestBodyStream | undefined;
  readonly #origin: string;
  readonly #isHead: boolean;
  readonly #signal: AbortSignal | undefined;
  #isAborted = false;
  readonly #resolve: (result: Upgraded) => void;
  readonly #reject: (error: UpstreamError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #onAbort: (() => void) | undefined;
  #interim = 0;
  #status = 0;
  #reason = "";
  #headers: Headers | undefined;
  /** Chunks of a small body; undefined once the body streams. */
  #chunks: Uint8Array[] | undefined;
  #size = 0;
  #source: ResponseBodySource | undefined;
  #isSettled = false;

  constructor(request: UpstreamRequest, resolve: (result: Upgraded) => void, reject: (error: UpstreamError) => void) {
    this.#origin = request.origin;
    this.#isHead = request.method === "HEAD";
    this.#signal = request.signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (request.signal !== undefined) {
      this.#onAbort = () => this.#abort();
      request.signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    request.caller?.onAbort(() => this.#abort());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) controller.abort(abortedError(this.#origin));
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _headers: unknown, socket: Duplex): void {
    this.#isSettled = true;
    this.#over();
    const all = new Headers(fieldsOf(controller.rawHeaders).map(text));
    if (!isSwitch(all.joined("upgrade"), all.joined("connection"))) {
      socket.destroy();
      this.#reject(protocolError(this.#origin));
      return;
    }
    const headers = endToEnd(status, controller.rawHeaders) ?? new Headers();
    this.#resolve({ response: { status, reason: "", headers, body: Body.none }, socket });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, said = ""): void {
    if (status >= 100 && status < 200) {
      this.#interim++;
      if (this.#interim > MAX_INTERIM_RESPONSES) controller.abort(protocolError(this.#origin));
      return;
    }
    // undici reads reasons as UTF-8: what is none has lost its octets, and is not worth passing on (RFC 9112 section 4).
    const reason = said.includes("\ufffd") ? "" : said;
    if (status < 200 || status > 599 || (reason !== STATUS_CODES[status] && !isFieldValue(reason))) {
      controller.abort(protocolError(this.#origin));
      return;
    }
    this.#status = status;
    this.#reason = reason;
    const headers = endToEnd(status, controller.rawHeaders);
    if (headers === undefined) {
      controller.abort(protocolError(this.#origin));
      return;
    }
    this.#headers = headers;
    const length = headers.first("content-length");
    const isSmall = this.#isHead || NOT_CONTENT.has(status) || (length !== undefined && Number(length) <= SMALL_BYTES);
    this.#chunks = [];
    // A short body of unknown length often lies in the same packet as the head: looked for before the response is handed on.
    if (!isSmall) queueMicrotask(() => this.#startStream(controller, length));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#source !== undefined) {
      this.#source.push(chunk);
      return;
    }
    this.#size += chunk.length;
    this.#chunks?.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#source !== undefined) {
      this.#source.end();
      return;
    }
    const chunks = this.#chunks ?? [];
    const hasContent = !this.#isHead && !NOT_CONTENT.has(this.#status);
    const body = hasContent
      ? Body.bytes(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, this.#size))
      : Body.none;
    this.#deliver(body);
    this.#over();
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: unknown): void {
    this.#over();
    const error =
      this.requestBody?.failure !== undefined ? abortedError(this.#origin) : upstreamError(this.#origin, cause);
    if (this.#source !== undefined) this.#source.fail(error);
    else this.fail(error);
  }

  fail(error: UpstreamError): void {
    this.#over();
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#reject(error);
  }

  #startStream(controller: Dispatcher.DispatchController, length: string | undefined): void {
    if (this.#isSettled) return;
    const source = new ResponseBodySource(controller, () => this.#over());
    this.#source = source;
    for (const chunk of this.#chunks ?? []) source.push(chunk);
    this.#chunks = undefined;
    this.#deliver(Body.stream(source, length !== undefined && isDigits(length) ? Number(length) : undefined));
  }

  #deliver(body: Body): void {
    this.#isSettled = true;
    const response = { status: this.#status, reason: this.#reason, headers: this.#headers as Headers, body };
    this.#resolve({ response });
  }

  #abort(): void {
    this.#isAborted = true;
    const error = abortedError(this.#origin);
    if (this.#controller === undefined) this.fail(error);
    else this.#controller.abort(error);
  }

  /** Nothing more will come: the signal must not keep this alive. */
  #over(): void {
    if (this.#onAbort === undefined) return;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#onAbort = undefined;
  }
}

function abortedError(origin: string): UpstreamError {
  return new UpstreamError("aborted", `The request to ${origin} was aborted.`);
}

function protocolError(origin: string): UpstreamError {
  return new UpstreamError("protocol", `The backend ${origin} sent a response that is not valid HTTP.`);
}

const CHUNKED = /^chunked[ \t]*$/i;

/**
 * Fields of the message without those of the connection, names as the backend spelled them. Undefined where the content is in a transfer
 * coding that undici leaves in place: without the field that tells, nobody could read it (RFC 9112 section 6.1).
 */
function endToEnd(status: number, rawHeaders: Dispatcher.DispatchController["rawHeaders"]): Headers | undefined {
  const all = fieldsOf(rawHeaders);
  const raw: string[] = [];
  let options: string | undefined;
  for (let i = 0; i < all.length; i += 2) {
    const name = text(all[i]);
    const value = text(all[i + 1]);
    if (!isHopByHop(name) || isUpgradeOffer(status, name)) raw.push(name, value);
    else if (name.length === 17 && !CHUNKED.test(value)) return undefined;
    else if (name.length === 10 && name.toLowerCase() === "connection")
      options = options === undefined ? value : `${options},${value}`;
  }
  const headers = new Headers(raw);
  // What nearly all say names no other field.
  if (options !== undefined && options !== "keep-alive" && options !== "close") removeListed(headers, options);
  return headers;
}

function fieldsOf(rawHeaders: Dispatcher.DispatchController["rawHeaders"]): readonly (Buffer | string)[] {
  return Array.isArray(rawHeaders) ? rawHeaders : pairsOf(rawHeaders ?? {});
}

/** HTTP/2 gives an object of names and values. */
function pairsOf(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.push(name, one);
  }
  return pairs;
}

/** Fields that a Connection header may not take away: doors at the client depend on them. */
const KEPT =
  /^(content-.*|set-cookie|cache-control|www-authenticate|strict-transport-security|x-frame-options|access-control-.*|location|vary|etag|upgrade)$/;

/** Takes away what a Connection field lists (RFC 9110 section 7.6.1). */
export function removeListed(headers: Headers, options: string): void {
  for (const name of connectionOptions(options)) if (!KEPT.test(name)) headers.remove(name);
}

/** Not toString, which takes longer to find out what is asked than to do it. */
function text(value: Buffer | string): string {
  return typeof value === "string" ? value : (value as Latin1Buffer).latin1Slice();
}

type Latin1Buffer = Buffer & { latin1Slice(): string };
