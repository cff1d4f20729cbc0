/**
 * The answer side of the front on node:http. A buffered body leaves with its head in one write; a stream goes chunk by chunk and is
 * paused while the client does not read. The framing is computed here and nowhere else.
 */
import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Body, BodySource } from "./body.ts";
import type { Reply } from "./front.ts";
import type { Headers } from "./headers.ts";
import { isDigits } from "./authority.ts";
import { isContentLength, isHopByHop } from "./hop-by-hop.ts";
import { hasContent, NO_CONTENT, sendable } from "./no-content.ts";
import type { Waiting, IdleWatch } from "./idle-watch.ts";

const UPGRADE_REQUIRED = 426;

export type OnDone = (bytesSent: number, error?: Error) => void;

/** What a reply needs of its connection. */
export interface ReplyHost {
  readonly watch: IdleWatch;
  /** While true, answers ask the client to use another connection. */
  readonly isDraining: boolean;
  /** Value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
  /** The reply is over: sent completely, or broken off. */
  replyDone(): void;
}

/** Larger bodies are written in slices of this size, so that progress can be seen. */
const SLICE_BYTES = 65_536;
/** Bodies up to this size become one string with the head: one buffer and one system call instead of two. */
const INLINE_BYTES = 16_384;

export class NodeReply implements Reply, Waiting {
  idleTicks = 0;
  isSent = false;
  readonly #response: ServerResponse;
  readonly #host: ReplyHost;
  readonly #isHead: boolean;
  /** Length of the request's body, Infinity when chunked. */
  readonly #requestBytes: number;
  #onDone: OnDone | undefined;
  #isOver = false;
  #bytesSent = 0;
  #source: BodySource | undefined;
  /** What is left of a large buffered body. */
  #rest: Uint8Array | undefined;

  constructor(response: ServerResponse, host: ReplyHost, isHead: boolean, requestBytes: number) {
    this.#response = response;
    this.#host = host;
    this.#isHead = isHead;
    this.#requestBytes = requestBytes;
  }

  /** False until the status line is on its way. */
  get isStarted(): boolean {
    return this.#response.headersSent;
  }

  send(status: number, reason: string, headers: Headers, made: Body, onDone?: OnDone): void {
    if (this.isSent) throw new Error("A request can be answered only once.");
    this.isSent = true;
    this.#onDone = onDone;
    const body = sendable(status, made);
    if (this.#isOver) {
      body.discard();
      this.#report(new Error("The client has gone."));
      return;
    }
    const hasBody = !this.#isHead && hasContent(status);
    const raw = outgoingHeaders(status, headers, hasBody || this.#isHead ? body.length : 0, hasBody);
    const { hsts } = this.#host;
    if (hsts !== undefined && !headers.has("Strict-Transport-Security")) raw.push("Strict-Transport-Security", hsts);
    // A connection with an HTTP/1.0 client is not kept, whatever that client asks for (RFC 9112 section 9.3).
    const isHttp10 = this.#response.req.httpVersionMinor === 0;
    const closes = this.#host.isDraining || isHttp10 || this.#leavesBodyUnread;
    if (status === UPGRADE_REQUIRED) offerUpgrade(raw, headers, closes);
    else if (closes) raw.push("Connection", "close");
    try {
      this.#response.writeHead(status, reason === "" ? STATUS_CODES[status] : reason, raw);
    } catch (error) {
      // A policy put a line break or a character beyond one byte into a header: nothing of it may reach the wire.
      body.discard();
      this.#sendInvalid(error as Error);
      return;
    }
    if (!hasBody) {
      body.discard();
      this.#response.end();
      this.#settle();
    } else if (body.buffered !== undefined) {
      this.#sendBuffered(body.buffered);
    } else {
      this.#sendStream(body);
    }
  }

  destroy(): void {
    this.isSent = true;
    this.#response.destroy();
    this.abort(new Error("The answer was broken off."));
  }

  /** The peer is gone, or the connection was given up. */
  abort(error: Error): void {
    if (this.#isOver) return;
    this.#source?.cancel(error);
    this.#finish(error);
  }

  /** Called by the watch: the client has not read for too long. */
  giveUp(): void {
    this.#response.destroy();
    this.abort(new Error("The client stopped reading."));
  }

  #sendBuffered(bytes: Uint8Array): void {
    const response = this.#response;
    if (bytes.length <= INLINE_BYTES) {
      this.#bytesSent = bytes.length;
      if (bytes.length === 0) response.end();
      else response.end(asBuffer(bytes).toString("latin1"), "latin1");
      this.#settle();
    } else if (bytes.length <= SLICE_BYTES) {
      this.#bytesSent = bytes.length;
      response.end(bytes);
      this.#settle();
    } else {
      this.#rest = bytes;
      response.on("drain", () => this.#sendSlices());
      this.#sendSlices();
    }
  }

  #sendSlices(): void {
    const response = this.#response;
    this.#host.watch.leave(this);
    while (this.#rest !== undefined) {
      const slice = this.#rest.subarray(0, SLICE_BYTES);
      this.#bytesSent += slice.length;
      if (slice.length === this.#rest.length) {
        this.#rest = undefined;
        response.end(slice);
        this.#settle();
        return;
      }
      this.#rest = this.#rest.subarray(SLICE_BYTES);
      if (!response.write(slice)) {
        this.#host.watch.enter(this);
        return;
      }
    }
  }

  #sendStream(body: Body): void {
    const response = this.#response;
    response.on("drain", () => {
      this.#host.watch.leave(this);
      this.#source?.resume();
    });
    this.#source = body.pipe({
      chunk: (data) => {
        if (this.#isOver) return false;
        this.#bytesSent += data.length;
        if (response.write(data)) return true;
        this.#host.watch.enter(this);
        return false;
      },
      end: () => {
        if (this.#isOver) return;
        this.#source = undefined;
        response.end();
        this.#settle();
      },
      error: (error) => {
        if (this.#isOver) return;
        // Without the last chunk, and with the connection cut, the answer cannot be taken for a complete one.
        this.#source = undefined;
        response.destroy();
        this.#finish(error);
      },
    });
    // With the first bytes if they are here already, else alone: an event stream may stay silent for minutes.
    if (this.#bytesSent === 0 && !this.#isOver) response.flushHeaders();
  }

  /** After the last write: over at once when the kernel took everything, else when it has. */
  #settle(): void {
    const { socket } = this.#response;
    if (socket === null || socket.destroyed) {
      if (this.#response.writableFinished) this.#finish();
      else this.#response.once("finish", () => this.#finish());
    } else if (socket.writableLength === 0) {
      this.#finish();
    } else {
      this.#host.watch.enter(this);
      this.#response.once("finish", () => this.#finish());
    }
  }

  #finish(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#host.watch.leave(this);
    if (this.isSent) this.#report(error);
    this.#host.replyDone();
  }

  #report(error?: Error): void {
    const onDone = this.#onDone;
    this.#onDone = undefined;
    onDone?.(this.#bytesSent, error);
  }

  #sendInvalid(error: Error): void {
    const text = '{ "statusCode": 500, "message": "Internal server error" }';
    const head = ["Content-Type", "application/json", "Content-Length", String(text.length)];
    this.#response.writeHead(500, STATUS_CODES[500], head);
    this.#response.end(this.#isHead ? undefined : text);
    this.#finish(error);
  }

  /** A long body that is still arriving is not read to its end: the connection closes instead. A short rest costs less to drop. */
  get #leavesBodyUnread(): boolean {
    return this.#requestBytes > SLICE_BYTES && !this.#response.req.complete;
  }
}

/**
 * The head as it goes out. HEAD and 304 tell the length that another request would get, if it is known; 204 never tells one (RFC 9110
 * section 8.6). A date is the backend's, if it gives one; else the server writes its own (section 6.6.1).
 * @param length of the body the headers describe; undefined when it is not known before it ends
 */
export function outgoingHeaders(
  status: number,
  headers: Headers,
  length: number | undefined,
  hasBody: boolean,
): string[] {
  const { raw } = headers;
  const out: string[] = [];
  let declared: string | undefined;
  let isDated = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (isHopByHop(name)) continue;
    if (isDate(name)) {
      if (isDated) continue;
      isDated = true;
    }
    if (isContentLength(name)) {
      declared ??= raw[i + 1];
      continue;
    }
    out.push(name, raw[i + 1]);
  }
  if (status === NO_CONTENT) return out;
  if (hasBody || length) {
    if (length !== undefined) out.push("Content-Length", String(length));
  } else if (declared !== undefined && isDigits(declared)) {
    out.push("Content-Length", declared);
  }
  return out;
}

/** The one answer that names a protocol to change to, as a field of the connection (RFC 9110 sections 7.8 and 15.5.22). */
function offerUpgrade(raw: string[], headers: Headers, closes: boolean): void {
  const protocols = headers.joined("upgrade");
  if (protocols !== undefined) raw.push("Upgrade", protocols, "Connection", closes ? "close, Upgrade" : "Upgrade");
  else if (closes) raw.push("Connection", "close");
}

function isDate(name: string): boolean {
  return name.length === 4 && (name === "Date" || name.toLowerCase() === "date");
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
