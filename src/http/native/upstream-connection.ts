/**
 * One HTTP/1.1 connection to a backend: writes a request, reads its response, and knows whether another may follow. One request at a
 * time. A connection on which anything was out of order is never used again.
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { Body } from "../body.ts";
import type { ResponseController } from "../upstream-body.ts";
import { UpstreamError } from "../upstream.ts";
import { type BodyReceiver, ChunkedReader } from "./chunked.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { type Bytes, wholeBody } from "./octets.ts";
import { requestHeadText } from "./request-text.ts";
import { BodySender, type SenderHost, sendWhole } from "./request-sender.ts";
import { readResponseHead, type ResponseHead } from "./response-head.ts";
import { isSwitch } from "../websocket-handshake.ts";
import { SMALL_BYTES, type UpstreamCall } from "./upstream-call.ts";
import { openWire, type WireReader, WireStream } from "./wire.ts";

/** What a connection tells its pool. */
export interface ConnectionOwner {
  readonly host: string;
  readonly deadlines: Deadlines;
  /** Free for the next request. */
  released(connection: UpstreamConnection): void;
  closed(connection: UpstreamConnection): void;
  /** The backend had closed a kept connection before it saw the request. */
  repeat(call: UpstreamCall): void;
}

/** Below the 5 s after which Node servers, among the shortest in use, close idle connections. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MAX_MS = 60_000;
/** What the way takes from the time that a server announces. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** Silence of a streaming response that is taken for death, unless the request says otherwise. */
const BODY_TIMEOUT_MS = 300_000;
const MAX_INTERIM_RESPONSES = 100;

export class UpstreamConnection implements WireReader, ResponseController, BodyReceiver, SenderHost, Timed {
  dueAt = 0;
  turn = 0;
  /** Monotonic time since when it waits for a request. */
  idleSince = 0;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  #call: UpstreamCall | undefined;
  /** Bytes of a head that is not whole yet. */
  #rest: Bytes | undefined;
  /** The head of the response whose body is arriving. */
  #head: ResponseHead | undefined;
  #chunked: ChunkedReader | undefined;
  /** Bytes to come of a body of known length. */
  #left = 0;
  /** Where the bytes of the read under way end. */
  #readEnd = 0;
  #interim = 0;
  #hasServed = false;
  #hasAnswer = false;
  #isPaused = false;
  /** The body of the request while it is sent. */
  #sender: BodySender | undefined;
  #keepAliveMs = KEEP_ALIVE_MS;
  #tunnel: WireStream | undefined;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#owner = owner;
    socket.setNoDelay(true);
    this.#socket = openWire(socket, this);
    this.#socket.on("drain", () => this.#sender?.drained());
  }

  get isAlive(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** The backend may close it at any moment, or has done so: a request must not be trusted to it. @param now monotonic time in ms */
  isStale(now: number): boolean {
    return !this.isAlive || now - this.idleSince > this.#keepAliveMs;
  }

  /** Fails the call when the request cannot be put on the wire; nothing is written then. @param now monotonic time in ms */
  send(call: UpstreamCall, now = performance.now()): void {
    const { request } = call;
    let head: string;
    try {
      head = requestHeadText(request, this.#owner.host, call.isUpgrade ? UPGRADING : undefined);
    } catch (error) {
      call.fail(error);
      this.#owner.released(this);
      return;
    }
    this.#call = call;
    call.controller = this;
    this.#hasAnswer = false;
    this.#interim = 0;
    this.#wait(request.headersTimeoutMs, now);
    const { body } = request;
    if (body.isHeld) sendWhole(this.#socket, head, body);
    else this.#sender = new BodySender(this.#socket, head, body, this);
  }

  bodySent(): void {
    if (this.#call !== undefined && !this.#hasAnswer) this.#wait(this.#call.request.headersTimeoutMs);
  }

  /** Cut off without its end, so that the backend cannot take it for whole. */
  bodyFailed(error: Error): void {
    this.#fail(new UpstreamError("aborted", "The request body ended before it was complete.", error));
  }

  /** Nobody needs it now: it waits for the next request, or its end. */
  rest(): void {
    this.idleSince = performance.now();
    this.#owner.deadlines.set(this, this.#keepAliveMs, this.idleSince);
  }

  /** Nothing is under way on it. Over TLS the other side is told before it is closed (RFC 9112 section 9.8). */
  leave(): void {
    if (this.#socket.writableLength === 0) this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#owner.deadlines.clear(this);
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#bodyMoved();
    this.#socket.resume();
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  onDue(): void {
    if (this.#call === undefined) this.leave();
    else this.#fail(new UpstreamError("timeout", `The backend ${this.#call.origin} did not answer in time.`));
  }

  received(bytes: Bytes, end: number, isLent: boolean): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.received(bytes, end, isLent);
      return;
    }
    const call = this.#call;
    if (call === undefined) {
      // An answer to no question: the next one would be taken for another's (CVE-2026-48931).
      this.#socket.destroy();
      return;
    }
    this.#hasAnswer = true;
    const rest = this.#rest;
    if (rest === undefined) {
      this.#read(call, bytes, end, isLent);
    } else {
      this.#rest = undefined;
      const joined = Buffer.concat([rest, bytes.subarray(0, end)]) as Bytes;
      this.#read(call, joined, joined.length, false);
    }
  }

  ended(): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.ended();
      return;
    }
    const head = this.#head;
    // Without a length and chunks the end of the connection is the end of the body (RFC 9112 section 6.3, rule 8).
    if (head !== undefined && !head.isChunked && head.length < 0) this.#finish(false);
    else this.#fail(new Closed());
    this.leave();
  }

  closed(): void {
    this.#owner.deadlines.remove(this);
    this.#fail(this.#socket.errored ?? new Closed());
    this.#owner.closed(this);
  }

  /** A part of a body as the chunked reader finds it. */
  content(bytes: Buffer, start: number, end: number): boolean {
    this.#call?.content(bytes, start, end, this.#readEnd);
    return this.#call !== undefined;
  }

  #read(call: UpstreamCall, bytes: Bytes, end: number, isLent: boolean): void {
    this.#readEnd = end;
    let at = 0;
    while (at < end && this.#call === call) {
      if (this.#head === undefined) {
        const head = readResponseHead(bytes, at, end);
        if (head === undefined) {
          this.#rest = isLent ? (Buffer.from(bytes.subarray(at, end)) as Bytes) : (bytes.subarray(at, end) as Bytes);
          return;
        }
        if (typeof head === "string") {
          this.#invalid(head);
          return;
        }
        at = this.#begin(call, head, bytes, at + head.size, end);
      } else {
        at = this.#body(bytes, at, end);
      }
    }
    if (this.#call !== call) return;
    if (this.#head !== undefined) {
      if (!this.#isPaused) this.#bodyMoved();
      call.pause();
    }
  }

  /** Gives the place after what was understood. */
  #begin(call: UpstreamCall, head: ResponseHead, bytes: Bytes, start: number, end: number): number {
    const { status, length } = head;
    if (status < 200) {
      if (status === 101 && call.isUpgrade && isSwitch(head.upgrade, head.connection)) {
        this.#upgrade(call, head, bytes, start, end);
        return end;
      }
      this.#interim++;
      if (status === 101 || this.#interim > MAX_INTERIM_RESPONSES) this.#invalid("an interim answer nobody asked for");
      return start;
    }
    this.#keepAliveMs = keepAliveMs(head.keepAlive);
    // Such responses end with their head, whatever it says (RFC 9112 section 6.3, rule 1).
    if (call.isHead || status === 204 || status === 304) {
      // A server that announces content all the same may send it: what follows cannot be told from an answer.
      const isOdd = !call.isHead && (head.isChunked || (status === 204 && length > 0));
      this.#finishWhole(call, head, Body.none, start === end && !isOdd);
      return end;
    }
    if (length >= 0 && length <= SMALL_BYTES && length <= end - start) {
      this.#finishWhole(call, head, wholeBody(bytes, start, start + length), start + length === end);
      return end;
    }
    this.#head = head;
    this.#left = length;
    this.#chunked = head.isChunked ? new ChunkedReader() : undefined;
    call.begin(head);
    return start;
  }

  #body(bytes: Bytes, start: number, end: number): number {
    const chunked = this.#chunked;
    if (chunked !== undefined) {
      const at = chunked.read(bytes, start, end, this);
      if (chunked.isFailed) this.#invalid("a chunk is malformed");
      else if (chunked.isDone) this.#finish(at === end);
      return at;
    }
    const isCounted = this.#left >= 0;
    const at = isCounted ? Math.min(end, start + this.#left) : end;
    if (isCounted) this.#left -= at - start;
    this.content(bytes, start, at);
    if (isCounted && this.#left === 0) this.#finish(at === end);
    return at;
  }

  #finishWhole(call: UpstreamCall, head: ResponseHead, body: Body, isClean: boolean): void {
    const isFree = this.#freed(head, isClean);
    call.complete(head, body);
    this.#letGo(isFree);
  }

  /** The body has ended. @param isClean nothing came after it */
  #finish(isClean: boolean): void {
    const call = this.#call;
    const isFree = this.#freed(this.#head as ResponseHead, isClean);
    call?.end();
    this.#letGo(isFree);
  }

  /** Ends the response; tells whether the connection may be used again. */
  #freed(head: ResponseHead, isClean: boolean): boolean {
    // A backend that answers before it has read all will not read the rest as what it is.
    const isFree = isClean && head.isPersistent && !this.#isSending && this.isAlive;
    const isBounded =
      head.isChunked || head.length >= 0 || head.status === 204 || head.status === 304 || this.#call?.isHead;
    this.#stopSending();
    this.#call = undefined;
    this.#head = undefined;
    this.#chunked = undefined;
    this.#hasServed = true;
    return isFree && isBounded === true;
  }

  get #isSending(): boolean {
    return this.#sender?.isSending ?? false;
  }

  #stopSending(): void {
    this.#sender?.stop();
    this.#sender = undefined;
  }

  #letGo(isFree: boolean): void {
    if (!isFree) {
      this.leave();
      return;
    }
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    this.#owner.released(this);
  }

  #upgrade(call: UpstreamCall, head: ResponseHead, bytes: Bytes, start: number, end: number): void {
    this.#call = undefined;
    this.#owner.deadlines.clear(this);
    this.#tunnel = new WireStream(this.#socket);
    if (start < end) this.#tunnel.received(Buffer.from(bytes.subarray(start, end)) as Bytes, end - start, false);
    call.upgraded(head, this.#tunnel);
  }

  #invalid(problem: string): void {
    const origin = this.#call?.origin;
    const message = `The backend ${origin} sent a response that is not valid HTTP: ${problem}.`;
    this.#fail(new UpstreamError("protocol", message));
  }

  #wait(ms: number, now = performance.now()): void {
    if (ms > 0) this.#owner.deadlines.set(this, ms, now);
    else this.#owner.deadlines.clear(this);
  }

  /** Something of the body came: the time until the next begins anew. */
  #bodyMoved(): void {
    if (this.#call !== undefined) this.#wait(this.#call.request.bodyTimeoutMs ?? BODY_TIMEOUT_MS);
  }

  #fail(error: Error): void {
    const call = this.#call;
    this.#call = undefined;
    const wasSending = this.#isSending;
    this.#stopSending();
    if (call === undefined) {
      this.leave();
      return;
    }
    this.#socket.destroy();
    call.controller = undefined;
    const isGone =
      error instanceof Closed ||
      (error as NodeJS.ErrnoException).code === "ECONNRESET" ||
      (error as NodeJS.ErrnoException).code === "EPIPE";
    // Kept, closed by the backend, and not a byte of an answer: it may be asked again (RFC 9112 section 9.3.1).
    if (isGone && this.#hasServed && !this.#hasAnswer && !wasSending && call.isRepeatable && !call.isOver) {
      this.#owner.repeat(call);
    } else {
      call.fail(error);
    }
  }
}

const UPGRADING = "connection: upgrade\r\nupgrade: websocket\r\n";

/** The backend closed the connection before the response was complete. */
class Closed extends Error {
  readonly code = "ECONNRESET";
}

/** What the server announces, less what the way takes; never longer than a minute. */
function keepAliveMs(announced: string | undefined): number {
  if (announced === undefined) return KEEP_ALIVE_MS;
  const seconds = /timeout=(\d{1,6})/i.exec(announced)?.[1];
  if (seconds === undefined) return KEEP_ALIVE_MS;
  return Math.min(Math.max(Number(seconds) * 1_000 - KEEP_ALIVE_MARGIN_MS, 100), KEEP_ALIVE_MAX_MS);
}
