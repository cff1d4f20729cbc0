/**
 * One HTTP/1.1 connection to a backend: writes a request, hands the response to its handler as it arrives, and knows whether another
 * request may follow. One request at a time; bodies stream both ways with back-pressure.
 */
import type { Socket } from "node:net";
import type { Body, BodySource } from "./body.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { isFieldValue, isToken } from "./header-syntax.ts";
import { ResponseParser, type ResponseReceiver } from "./response-parser.ts";
import { UpstreamError } from "./upstream.ts";

/** Who receives a response. The calls are those of undici's dispatch, which serves HTTP/2 and upgrades. */
export interface ResponseListener {
  /** The request was given up: nothing need be sent. */
  readonly isOver: boolean;
  onRequestStart(controller: ResponseController): void;
  onResponseStart(controller: ResponseController, status: number, headers: unknown, reason: string): void;
  onResponseData(controller: ResponseController, chunk: Uint8Array): void;
  onResponseEnd(): void;
  onResponseError(controller: ResponseController, error: unknown): void;
}

export interface ResponseController {
  readonly rawHeaders?: Buffer[] | string[] | Record<string, string | string[] | undefined> | null;
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** [name, value, ...] without framing and fields of the connection. */
  readonly headers: readonly string[];
  readonly body: Body;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** Value of the Host field when the request brings none. */
  readonly host: string;
  /** For messages: never an address. */
  readonly origin: string;
  readonly deadlines: Deadlines;
  /** Free for the next request. */
  released(connection: UpstreamConnection): void;
  closed(connection: UpstreamConnection): void;
}

/** Below the 5 s after which Node servers, among the shortest in use, close idle connections. */
const KEEP_ALIVE_MS = 4_000;
/** Bodies up to this size become one string with the head: one buffer and one system call instead of two. */
const INLINE_BYTES = 16_384;
const PATH = /^\/[\x21-\x7e\x80-\xff]*$/;
const EXPECTS_CONTENT = new Set(["POST", "PUT", "PATCH"]);

export class UpstreamConnection implements ResponseController, ResponseReceiver, Timed {
  rawHeaders: string[] | null = null;
  deadline = 0;
  /** Tick at which it was last used. */
  usedAt = 0;
  /** False until it has answered a request: a failure then is not one of a connection gone stale. */
  wasUsed = false;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parser: ResponseParser;
  #listener: ResponseListener | undefined;
  #request: WireRequest | undefined;
  #source: BodySource | undefined;
  /** The request's body is still on its way. */
  #isSending = false;
  #hasResponse = false;
  #isPaused = false;
  #isUnref = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#parser = new ResponseParser(this);
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      this.#fail(new UpstreamError("reset", `The backend ${owner.origin} closed the connection.`));
      owner.deadlines.remove(this);
      owner.closed(this);
    });
    owner.deadlines.add(this);
  }

  get isAlive(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** True once a byte of the response has come: the request is not to be sent again. */
  get hasResponse(): boolean {
    return this.#hasResponse;
  }

  /** Throws UpstreamError before anything is written when the request cannot be put on the wire. */
  send(request: WireRequest, listener: ResponseListener): void {
    const head = this.#headOf(request);
    if (this.#isUnref) {
      this.#isUnref = false;
      this.#socket.ref();
    }
    this.#listener = listener;
    this.#request = request;
    this.#hasResponse = false;
    this.#parser.expect(request.method === "HEAD");
    this.deadline = this.#owner.deadlines.after(request.headersTimeoutMs);
    listener.onRequestStart(this);
    if (this.#listener === undefined) return;
    const { buffered } = request.body;
    if (buffered === undefined) {
      this.#socket.write(head, "latin1");
      this.#sendStream(request.body);
    } else if (buffered.length === 0) {
      this.#socket.write(head, "latin1");
    } else if (buffered.length <= INLINE_BYTES) {
      this.#socket.write(
        head + Buffer.from(buffered.buffer, buffered.byteOffset, buffered.length).toString("latin1"),
        "latin1",
      );
    } else {
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      this.#socket.write(buffered);
      this.#socket.uncork();
    }
  }

  pause(): void {
    this.#isPaused = true;
    // Nobody waits for the backend while nobody reads.
    this.deadline = 0;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#refresh();
    this.#socket.resume();
  }

  abort(reason: Error): void {
    this.#fail(reason);
  }

  onTick(): void {
    if (this.#listener !== undefined || this.#isUnref) return;
    // An idle connection does not keep the process alive.
    this.#isUnref = true;
    this.#socket.unref();
  }

  onDeadline(): void {
    if (this.#listener === undefined) this.#socket.destroy();
    else this.#fail(new UpstreamError("timeout", `The backend ${this.#owner.origin} did not answer in time.`));
  }

  destroy(): void {
    this.#fail(new UpstreamError("aborted", "The gateway closes its connections."));
    this.#socket.destroy();
  }

  head(status: number, reason: string, raw: string[]): void {
    this.#hasResponse = true;
    this.rawHeaders = raw;
    this.#listener?.onResponseStart(this, status, undefined, reason);
  }

  data(bytes: Uint8Array): void {
    this.#listener?.onResponseData(this, bytes);
  }

  end(isReusable: boolean): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#listener = undefined;
    this.#request = undefined;
    // A backend that answers before it has read all will not read the rest as what it is.
    const isFree = isReusable && !this.#isSending && this.isAlive;
    this.#stopSending();
    listener.onResponseEnd();
    this.wasUsed = true;
    if (!isFree) {
      this.#socket.destroy();
      return;
    }
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    this.#owner.released(this);
  }

  /** Nobody needs it now: it waits for the next request, or its end. */
  rest(): void {
    this.usedAt = this.#owner.deadlines.now;
    this.deadline = this.#owner.deadlines.after(keepAliveMs(this.rawHeaders));
  }

  #receive(chunk: Buffer): void {
    if (this.#listener === undefined) {
      // An answer to no question: the next one would be taken for another's.
      this.#socket.destroy();
      return;
    }
    this.#hasResponse = true;
    this.#refresh();
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#fail(
        new UpstreamError(
          "protocol",
          `The backend ${this.#owner.origin} sent a response that is not valid HTTP.`,
          error,
        ),
      );
    }
  }

  #ended(): void {
    if (this.#listener !== undefined && !this.#parser.finish()) {
      this.#fail(
        new UpstreamError("reset", `The backend ${this.#owner.origin} ended before the response was complete.`),
      );
    }
    this.#socket.destroy();
  }

  /** Something moved: the time until the next movement begins anew. */
  #refresh(): void {
    if (this.#request === undefined || this.#isPaused) return;
    this.deadline = this.#owner.deadlines.after(
      this.rawHeaders === null ? this.#request.headersTimeoutMs : this.#request.bodyTimeoutMs,
    );
  }

  #fail(error: Error): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#request = undefined;
    this.#stopSending();
    this.#socket.destroy();
    listener?.onResponseError(this, error);
  }

  #sendStream(body: Body): void {
    const { length } = body;
    let sent = 0;
    this.#isSending = true;
    this.#source = body.pipe({
      chunk: (data) => {
        if (!this.#isSending || data.length === 0) return this.#isSending;
        sent += data.length;
        this.#refresh();
        if (length === undefined) return this.#writeChunk(data);
        if (sent > length) this.#bodyFailed(new Error("The request body is longer than it said."));
        else return this.#socket.write(data);
        return false;
      },
      end: () => {
        if (!this.#isSending) return;
        if (length !== undefined && sent !== length) {
          this.#bodyFailed(new Error("The request body is shorter than it said."));
          return;
        }
        this.#isSending = false;
        this.#source = undefined;
        if (length === undefined) this.#socket.write("0\r\n\r\n", "latin1");
      },
      error: (error) => this.#bodyFailed(error),
    });
  }

  #writeChunk(data: Uint8Array): boolean {
    const socket = this.#socket;
    socket.cork();
    socket.write(`${data.length.toString(16)}\r\n`, "latin1");
    socket.write(data);
    const goesOn = socket.write("\r\n", "latin1");
    socket.uncork();
    return goesOn;
  }

  /** Cut off without its end, so that the backend cannot take it for whole. */
  #bodyFailed(error: Error): void {
    if (!this.#isSending) return;
    this.#isSending = false;
    this.#fail(new UpstreamError("aborted", "The request body ended before it was complete.", error));
  }

  #drained(): void {
    if (this.#isSending) this.#source?.resume();
  }

  #stopSending(): void {
    if (!this.#isSending) return;
    this.#isSending = false;
    this.#source?.cancel();
    this.#source = undefined;
  }

  #headOf(request: WireRequest): string {
    const { method, path, headers, body } = request;
    if (!isToken(method) || !PATH.test(path)) throw invalid(this.#owner.origin);
    let head = "";
    let host: string | undefined;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i];
      const value = headers[i + 1];
      if (!isToken(name) || !isFieldValue(value)) throw invalid(this.#owner.origin);
      if (name.length === 4 && name.toLowerCase() === "host") {
        if (host !== undefined) throw invalid(this.#owner.origin);
        host = value;
      } else {
        head += `${name}: ${value}\r\n`;
      }
    }
    const { length } = body;
    if (length === undefined) head += "transfer-encoding: chunked\r\n";
    else if (length > 0 || EXPECTS_CONTENT.has(method)) head += `content-length: ${length}\r\n`;
    this.rawHeaders = null;
    return `${method} ${path} HTTP/1.1\r\nhost: ${host ?? this.#owner.host}\r\nconnection: keep-alive\r\n${head}\r\n`;
  }
}

function invalid(origin: string): UpstreamError {
  return new UpstreamError("protocol", `The request to ${origin} holds characters that HTTP does not allow.`);
}

/** What the backend announces, less a second for the way there; never longer than a minute. */
function keepAliveMs(raw: readonly string[] | null): number {
  if (raw === null) return KEEP_ALIVE_MS;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i].length !== 10 || raw[i].toLowerCase() !== "keep-alive") continue;
    const seconds = /timeout=(\d{1,6})/i.exec(raw[i + 1])?.[1];
    if (seconds !== undefined) return Math.min(Math.max(Number(seconds) * 1_000 - 1_000, 100), 60_000);
  }
  return KEEP_ALIVE_MS;
}
