/**
 * One client connection: reads requests one after the other and serves them in order, one at a time, however many were pipelined (RFC 9112
 * section 9.3.2). Three things can be under way: a request whose head is not whole, a request that is served, a farewell.
 */
import type { Socket } from "node:net";
import { Body } from "../body.ts";
import type { FrontLimits, RequestHandler, UpgradeHandler } from "../front.ts";
import { FrontRequest } from "../front-request.ts";
import { type HeadRefusal, isRefusal } from "../head-check.ts";
import type { Peer } from "../peer.ts";
import { NodeTunnel } from "../node-tunnel.ts";
import { refusalText } from "../raw-response.ts";
import { checkHandshake } from "../websocket-handshake.ts";
import { enqueue, type Task } from "./batch.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { NativeReply, type ReplyHost } from "./native-reply.ts";
import { type Bytes, wholeBody } from "./octets.ts";
import { type BodyHost, RequestBody } from "./request-body.ts";
import { isForHead, readRequestHead, type RequestHead } from "./request-head.ts";
import { openWire, type WireReader, WireStream } from "./wire.ts";

/** What all connections of a front share. */
export interface ConnectionHost {
  readonly limits: FrontLimits;
  readonly deadlines: Deadlines;
  readonly isDraining: boolean;
  /** Value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
  readonly onRequest: RequestHandler;
  readonly onUpgrade: UpgradeHandler;
  peerOf(socket: Socket): Peer;
  onRefused(status: number, reason: string, peer: Peer): void;
  closed(connection: FrontConnection): void;
}

const refused = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });
const SYNTAX = refused(400, "RequestSyntaxInvalid", "The request is malformed.");
const TIMEOUT = refused(408, "RequestTimeout", "The request did not arrive in time.");
const EXTENSIONS = refused(413, "ChunkExtensionsTooLarge", "The chunk extensions or trailers are too large.");

const MAX_REQUESTS = 10_000;
/** Pipelined bytes that are kept; beyond, the socket is not read until a request is answered. */
const MAX_AHEAD_BYTES = 16_384;
/** A longer rest of a body that nobody reads is not waited for: the connection closes instead. */
const MAX_DROPPED_BYTES = 65_536;
/** How long a client may take to read the last answer before the connection goes (RFC 9112 section 9.6). */
const LINGER_MS = 2_000;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const EMPTY_BODY = Body.bytes(new Uint8Array(0));

export class FrontConnection implements WireReader, ReplyHost, BodyHost, Task, Timed {
  dueAt = 0;
  turn = 0;
  readonly socket: Socket;
  readonly #host: ConnectionHost;
  #peer: Peer | undefined;
  /** Bytes that wait for more, or for their turn. */
  #rest: Bytes | undefined;
  #request: FrontRequest | undefined;
  #reply: NativeReply | undefined;
  /** The body that is arriving. */
  #body: RequestBody | undefined;
  #expectsContinue = false;
  #closesAfterRequest = false;
  #isClosing = false;
  #isRetired = false;
  #isAdvancing = false;
  #isPaused = false;
  #hasHeadBegun = false;
  #tunnel: WireStream | undefined;
  #count = 0;

  /** @param socket nothing of it was read yet */
  constructor(socket: Socket, host: ConnectionHost) {
    this.#host = host;
    host.deadlines.set(this, host.limits.headersTimeoutMs);
    this.socket = openWire(socket, this);
    this.socket.on("drain", () => this.#reply?.drained());
  }

  get deadlines(): Deadlines {
    return this.#host.deadlines;
  }

  get writeIdleTimeoutMs(): number {
    return this.#host.limits.writeIdleTimeoutMs;
  }

  get hsts(): string | undefined {
    return this.#host.hsts;
  }

  /** True while a request is being served, or has begun to arrive. */
  get isBusy(): boolean {
    const hasRequest = this.#reply !== undefined || this.#body !== undefined || this.#rest !== undefined;
    return hasRequest || this.#tunnel !== undefined || this.#isClosing;
  }

  /** Established with the first request: the facts of a TLS handshake are not there before. */
  get #client(): Peer {
    this.#peer ??= this.#host.peerOf(this.socket);
    return this.#peer;
  }

  /** Ends with the request under way: what was believed of the client may no longer hold. */
  retire(): void {
    this.#isRetired = true;
    if (!this.isBusy) this.#leave();
  }

  destroy(): void {
    this.#isClosing = true;
    this.socket.destroy();
  }

  received(bytes: Bytes, end: number, isLent: boolean): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.received(bytes, end, isLent);
      return;
    }
    if (this.#isClosing) return;
    const rest = this.#rest;
    if (rest === undefined) {
      this.#advance(bytes, end, isLent);
      return;
    }
    const joined = Buffer.concat([rest, bytes.subarray(0, end)]) as Bytes;
    this.#rest = undefined;
    this.#advance(joined, joined.length, false);
  }

  ended(): void {
    if (this.#tunnel !== undefined) this.#tunnel.ended();
    else if (this.#isClosing || (this.#reply === undefined && this.#rest === undefined)) this.socket.end();
    // A message that ends before it is whole (RFC 9112 section 8).
    else if (this.#reply === undefined || this.#body !== undefined) this.refuse(SYNTAX);
    else this.destroy();
  }

  closed(): void {
    this.#isClosing = true;
    this.deadlines.remove(this);
    this.#abandon(new Error("The client has gone."));
    this.#host.closed(this);
  }

  /** Too late: with the head, with the body, with the next request, with going away. */
  onDue(): void {
    if (this.#isClosing) this.destroy();
    else if (this.#reply === undefined && !this.#hasHeadBegun) this.#leave();
    else this.refuse(TIMEOUT);
  }

  /** Answers once what the parser or the time limits refused, and closes. */
  refuse(refusal: HeadRefusal, isHead = this.#request?.method === "HEAD"): void {
    if (this.#isClosing) return;
    const isStarted = this.#reply?.isStarted ?? false;
    this.#isClosing = true;
    this.#host.onRefused(refusal.status, refusal.reason, this.#client);
    this.#abandon(new Error(refusal.message));
    if (isStarted || !this.socket.writable) {
      this.destroy();
      return;
    }
    this.socket.write(refusalText(refusal.status, refusal.message, refusal.headers, isHead), "latin1");
    this.#sayGoodbye();
  }

  /** The request is here in whole, and its turn has come. */
  run(): void {
    if (this.#request !== undefined && this.#reply !== undefined) this.#host.onRequest(this.#request, this.#reply);
  }

  decideClose(): boolean {
    if (this.#host.isDraining || this.#isRetired || this.#count >= MAX_REQUESTS) this.#closesAfterRequest = true;
    const body = this.#body;
    // A body that was never asked for may come or not: what follows on the connection cannot be told from it (RFC 9110 section 10.1.1).
    if (body !== undefined && (this.#expectsContinue || body.left > MAX_DROPPED_BYTES)) this.#closesAfterRequest = true;
    this.#expectsContinue = false;
    return this.#closesAfterRequest;
  }

  replyDone(): void {
    this.#request = undefined;
    this.#reply = undefined;
    if (this.#isClosing) return;
    if (this.#closesAfterRequest) {
      this.#isClosing = true;
      this.#sayGoodbye();
    } else if (this.#body !== undefined) {
      this.#body.cancel();
    } else {
      this.#awaitRequest();
    }
  }

  bodyWanted(): void {
    if (this.#expectsContinue) {
      this.#expectsContinue = false;
      if (this.#reply?.isStarted === false && this.#body?.received === 0) this.socket.write(CONTINUE, "latin1");
    }
    this.#goOn();
  }

  /** Reads what it can; what is left waits. */
  #advance(bytes: Bytes, end: number, isLent: boolean): void {
    this.#isAdvancing = true;
    let at = 0;
    while (at < end && !this.#isClosing) {
      const body = this.#body;
      if (body !== undefined) {
        if (!body.isFlowing) break;
        at = body.read(bytes, at, end, isLent);
        this.#bodyRead(body);
        continue;
      }
      if (this.#reply !== undefined) break;
      const head = readRequestHead(bytes, at, end, this.#host.limits.maxHeaderBytes, this.#host.limits.maxHeaderCount);
      if (head === undefined) {
        this.#headBegun();
        break;
      }
      if (isRefusal(head)) {
        this.refuse(head, isForHead(bytes, at, end));
        break;
      }
      at = this.#serve(head, bytes, at + head.size, end);
    }
    this.#isAdvancing = false;
    if (this.#isClosing || this.#tunnel !== undefined) return;
    if (at < end)
      this.#rest = isLent ? (Buffer.from(bytes.subarray(at, end)) as Bytes) : (bytes.subarray(at, end) as Bytes);
    this.#regulate();
  }

  /** Gives the place after what belongs to the request and is here already. */
  #serve(head: RequestHead, bytes: Bytes, start: number, end: number): number {
    this.#hasHeadBegun = false;
    this.#count++;
    this.#closesAfterRequest = head.closes;
    if (head.upgrade !== undefined && head.method === "GET" && head.upgrade.toLowerCase() === "websocket") {
      this.#upgrade(head, bytes.subarray(start, end));
      return end;
    }
    let at = start;
    let body = head.hasBody ? EMPTY_BODY : Body.none;
    let source: RequestBody | undefined;
    if (!head.isChunked && head.length > 0 && head.length <= end - start) {
      at += head.length;
      body = wholeBody(bytes, start, at);
    } else if (head.isChunked || head.length > 0) {
      source = new RequestBody(this, head.isChunked ? undefined : head.length);
      body = Body.stream(source, head.isChunked ? undefined : head.length);
      // 100 is sent when somebody wants the body, and not before: a refused request is refused without reading it.
      this.#expectsContinue = head.expectsContinue;
    }
    if (source === undefined) this.deadlines.clear(this);
    else this.deadlines.set(this, this.#host.limits.requestTimeoutMs);
    this.#body = source;
    const request = new FrontRequest(head, this.#client, body, source);
    const reply = new NativeReply(this, head.method === "HEAD", head.httpVersion === "1.0");
    this.#request = request;
    this.#reply = reply;
    // A body that is still to come is not kept waiting.
    if (source === undefined) enqueue(this);
    else this.#host.onRequest(request, reply);
    return at;
  }

  #bodyRead(body: RequestBody): void {
    if (body.isFailed) {
      this.refuse(body.isTooLarge ? EXTENSIONS : SYNTAX);
    } else if (body.isComplete && this.#body === body) {
      this.#body = undefined;
      this.deadlines.clear(this);
      body.end();
      if (this.#reply === undefined && !this.#isClosing) this.#awaitRequest();
    }
  }

  /** RFC 6455 section 4.2. */
  #upgrade(head: RequestHead, firstBytes: Uint8Array): void {
    const framing = head.isChunked ? "chunked" : head.hasBody ? "length" : "none";
    const problem = checkHandshake(head.headers.raw, { framing, length: head.length });
    if (problem !== undefined) {
      this.refuse(problem);
      return;
    }
    this.deadlines.clear(this);
    const request = new FrontRequest(head, this.#client, head.hasBody ? EMPTY_BODY : Body.none, undefined);
    this.#request = request;
    this.#tunnel = new WireStream(this.socket);
    // Who is told goodbye, and does not go, must not stay for ever.
    this.#tunnel.once("finish", () => this.deadlines.set(this, LINGER_MS));
    this.socket.setKeepAlive(true, 60_000);
    this.#host.onUpgrade(request, new NodeTunnel(this.#tunnel, Buffer.from(firstBytes)));
  }

  /** The time for a head runs from its first byte; on a new connection from the start. */
  #headBegun(): void {
    if (this.#hasHeadBegun) return;
    this.#hasHeadBegun = true;
    if (this.#count > 0) this.deadlines.set(this, this.#host.limits.headersTimeoutMs);
  }

  #awaitRequest(): void {
    this.deadlines.set(this, this.#host.limits.keepAliveTimeoutMs);
    // In a turn of its own: a thousand pipelined requests must not hold up everybody else.
    if (this.#rest !== undefined && !this.#isAdvancing) setImmediate(() => this.#goOn());
  }

  /** Goes on with what waits, and with reading the socket. */
  #goOn(): void {
    if (this.#isAdvancing || this.#isClosing) return;
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest === undefined) this.#regulate();
    else this.#advance(rest, rest.length, false);
  }

  /** Stops reading while nobody takes the body, or while too much waits for its turn. */
  #regulate(): void {
    const isFull = this.#body !== undefined ? !this.#body.isFlowing : (this.#rest?.length ?? 0) >= MAX_AHEAD_BYTES;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.socket.pause();
    else this.socket.resume();
  }

  /**
   * Closing a socket while the client still sends makes the kernel reset it, and the client may lose the answer it has not read yet. So the
   * end is announced, and what comes is thrown away for a moment, before the socket goes (RFC 9112 section 9.6).
   */
  #sayGoodbye(): void {
    this.#rest = undefined;
    this.socket.end();
    if (this.#isPaused) this.socket.resume();
    this.deadlines.set(this, LINGER_MS);
  }

  /** Nothing is under way: the client has all there is to read. Over TLS it is told (RFC 9112 section 9.8). */
  #leave(): void {
    this.#isClosing = true;
    this.socket.destroySoon();
    this.deadlines.set(this, LINGER_MS);
  }

  #abandon(error: Error): void {
    const request = this.#request;
    const reply = this.#reply;
    const body = this.#body;
    this.#request = undefined;
    this.#reply = undefined;
    this.#body = undefined;
    this.#rest = undefined;
    body?.fail(error);
    reply?.abort(error);
    request?.abort();
  }
}
