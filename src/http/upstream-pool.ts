/**
 * Connections to one origin with one set of TLS options. The one used last is used next, so that few stay warm and the others may go;
 * requests beyond the limit wait in order.
 */
import type { buildConnector } from "undici";
import type { Deadlines } from "./deadlines.ts";
import {
  type ConnectionOwner,
  type ResponseListener,
  UpstreamConnection,
  type WireRequest,
} from "./upstream-connection.ts";
import { UpstreamError } from "./upstream.ts";

/** As many as APIM allows for one host. */
const MAX_CONNECTIONS = 2_048;
/** Methods that may be sent again when a kept connection turns out to be dead (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

interface Waiting {
  readonly request: WireRequest;
  readonly listener: ResponseListener;
}

export class UpstreamPool implements ConnectionOwner {
  readonly origin: string;
  readonly host: string;
  readonly deadlines: Deadlines;
  readonly #connect: buildConnector.connector;
  readonly #target: buildConnector.Options;
  readonly #idle: UpstreamConnection[] = [];
  readonly #open = new Set<UpstreamConnection>();
  #connecting = 0;
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(origin: string, connect: buildConnector.connector, deadlines: Deadlines) {
    const url = new URL(origin);
    this.origin = origin;
    this.host = url.host;
    this.deadlines = deadlines;
    this.#connect = connect;
    const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
    this.#target = { host: url.host, hostname, protocol: url.protocol, port: url.port };
  }

  dispatch(request: WireRequest, listener: ResponseListener): void {
    const connection = this.#take();
    if (connection !== undefined) {
      this.#sendOn(connection, { request, listener });
      return;
    }
    this.#waiting.push({ request, listener });
    this.#connectIfNeeded();
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open) connection.destroy();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { listener } of waiting)
      fail(listener, new UpstreamError("aborted", "The gateway closes its connections."));
  }

  released(connection: UpstreamConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      connection.rest();
      this.#idle.push(connection);
    } else {
      // Not from within the parser of the response before.
      setImmediate(() => this.#sendOn(connection, next));
    }
  }

  closed(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#connectIfNeeded();
  }

  #take(): UpstreamConnection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.isAlive) return connection;
    }
    return undefined;
  }

  #sendOn(connection: UpstreamConnection, waiting: Waiting): void {
    if (connection.usedAt === 0 || connection.usedAt === this.deadlines.now) {
      this.#send(connection, waiting);
      return;
    }
    // It has rested: an end that the backend sent meanwhile is read first.
    setImmediate(() => {
      if (connection.isAlive) this.#send(connection, waiting);
      else this.dispatch(waiting.request, waiting.listener);
    });
  }

  #send(connection: UpstreamConnection, { request, listener }: Waiting): void {
    if (listener.isOver) {
      // Given up while it waited.
      request.body.discard();
      this.released(connection);
      return;
    }
    const mayRepeat = connection.wasUsed && IDEMPOTENT.has(request.method) && request.body.buffered !== undefined;
    try {
      connection.send(request, mayRepeat ? new Repeating(this, connection, request, listener) : listener);
    } catch (error) {
      this.released(connection);
      fail(listener, error as Error);
    }
  }

  #connectIfNeeded(): void {
    if (this.#isClosed || this.#connecting >= this.#waiting.length) return;
    if (this.#open.size + this.#connecting >= MAX_CONNECTIONS) return;
    this.#connecting++;
    this.#connect(this.#target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      this.#connecting--;
      if (error !== null) {
        // One attempt stands for one request: the others have their own.
        const failed = this.#waiting.shift();
        if (failed !== undefined) fail(failed.listener, error);
        this.#connectIfNeeded();
        return;
      }
      if (this.#isClosed) {
        socket.destroy();
        return;
      }
      const connection = new UpstreamConnection(socket, this);
      this.#open.add(connection);
      const next = this.#waiting.shift();
      if (next !== undefined) this.#send(connection, next);
      else this.released(connection);
    });
  }
}

/** Sends a request once more on another connection when a kept one fails before it has answered anything. */
class Repeating implements ResponseListener {
  readonly isOver = false;
  readonly #pool: UpstreamPool;
  readonly #connection: UpstreamConnection;
  readonly #request: WireRequest;
  readonly #listener: ResponseListener;

  constructor(pool: UpstreamPool, connection: UpstreamConnection, request: WireRequest, listener: ResponseListener) {
    this.#pool = pool;
    this.#connection = connection;
    this.#request = request;
    this.#listener = listener;
  }

  onRequestStart(controller: Parameters<ResponseListener["onRequestStart"]>[0]): void {
    this.#listener.onRequestStart(controller);
  }

  onResponseStart(...args: Parameters<ResponseListener["onResponseStart"]>): void {
    this.#listener.onResponseStart(...args);
  }

  onResponseData(...args: Parameters<ResponseListener["onResponseData"]>): void {
    this.#listener.onResponseData(...args);
  }

  onResponseEnd(): void {
    this.#listener.onResponseEnd();
  }

  onResponseError(controller: Parameters<ResponseListener["onResponseError"]>[0], error: unknown): void {
    const isStale = isReset(error) && !this.#connection.hasResponse;
    if (isStale) this.#pool.dispatch(this.#request, this.#listener);
    else this.#listener.onResponseError(controller, error);
  }
}

function isReset(error: unknown): boolean {
  if (error instanceof UpstreamError) return error.failure === "reset";
  const code = (error as { code?: string } | null)?.code;
  return code === "ECONNRESET" || code === "EPIPE";
}

const NO_CONTROLLER = { rawHeaders: null, pause: () => {}, resume: () => {}, abort: () => {} };

function fail(listener: ResponseListener, error: Error): void {
  listener.onResponseError(NO_CONTROLLER, error);
}
