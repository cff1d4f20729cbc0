/**
 * Connections to one origin by one way. The one used last is used next, so that few stay warm and the others may go; requests beyond the
 * limit wait in order.
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Connector, ConnectTarget } from "../upstream-connect.ts";
import { UpstreamError } from "../upstream.ts";
import type { Deadlines } from "./deadlines.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";

/** To one origin: as many as callers may have, by default. With fewer, streams that stay open would keep other calls waiting unseen. */
const MAX_CONNECTIONS = 10_000;
/** A connection that has rested for longer is looked at once more before it is trusted with a request. */
const COLD_MS = 500;

export class UpstreamPool implements ConnectionOwner {
  readonly host: string;
  readonly deadlines: Deadlines;
  readonly #connect: Connector;
  readonly #target: ConnectTarget;
  readonly #idle: UpstreamConnection[] = [];
  readonly #open = new Set<UpstreamConnection>();
  #connecting = 0;
  #waiting: UpstreamCall[] = [];
  /** Wait for a connection that nobody has used. */
  #repeated: UpstreamCall[] = [];
  #isClosed = false;
  #isRetired = false;

  constructor(origin: string, connect: Connector, localAddress: string | undefined, deadlines: Deadlines) {
    const url = new URL(origin);
    this.host = url.host;
    this.deadlines = deadlines;
    this.#connect = connect;
    const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
    const target = { host: url.host, hostname, protocol: url.protocol, port: url.port };
    this.#target = localAddress === undefined ? target : { ...target, localAddress };
  }

  dispatch(call: UpstreamCall): void {
    if (this.#isClosed) {
      call.fail(closing());
      return;
    }
    const now = performance.now();
    const connection = this.#take(now);
    if (connection === undefined) {
      this.#waiting.push(call);
      this.#connectIfNeeded();
    } else if (now - connection.idleSince < COLD_MS) {
      connection.send(call, now);
    } else {
      // An end that the backend has sent meanwhile is read first: that takes one whole turn of the event loop.
      setImmediate(() => setImmediate(() => this.#sendCold(connection, call)));
    }
  }

  /** Once, and on a new connection: another that was used may have been closed with the first. */
  repeat(call: UpstreamCall): void {
    if (this.#isClosed) {
      call.fail(closing());
      return;
    }
    call.wasRepeated = true;
    this.#repeated.push(call);
    this.#connectIfNeeded();
  }

  /** Takes no further requests; those under way end in peace. */
  retire(): void {
    this.#isRetired = true;
    for (const connection of this.#idle) connection.leave();
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#open) connection.abort(closing());
    const waiting = [...this.#repeated, ...this.#waiting];
    this.#repeated = [];
    this.#waiting = [];
    for (const call of waiting) call.fail(closing());
  }

  released(connection: UpstreamConnection): void {
    const isInTheWay = this.#repeated.length > 0 && this.#open.size + this.#connecting >= MAX_CONNECTIONS;
    if (this.#isClosed || this.#isRetired || isInTheWay) {
      connection.leave();
      return;
    }
    const next = nextOf(this.#waiting);
    if (next === undefined) {
      connection.rest();
      this.#idle.push(connection);
    } else {
      // Not from within the reading of the response before.
      setImmediate(() => this.#sendCold(connection, next));
    }
  }

  closed(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#connectIfNeeded();
  }

  #take(now: number): UpstreamConnection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.isStale(now)) return connection;
      connection.leave();
    }
    return undefined;
  }

  #sendCold(connection: UpstreamConnection, call: UpstreamCall): void {
    if (call.isOver) this.released(connection);
    else if (connection.isAlive) connection.send(call);
    else this.dispatch(call);
  }

  #connectIfNeeded(): void {
    while (!this.#isClosed && this.#connecting < this.#waiting.length + this.#repeated.length) {
      if (this.#open.size + this.#connecting >= MAX_CONNECTIONS) return;
      this.#connecting++;
      this.#connect(this.#target, ((error: Error | null, socket: Socket | null) => {
        this.#connecting--;
        if (error !== null || socket === null) this.#failed(error);
        else this.#connected(socket);
      }) as Parameters<Connector>[1]);
    }
  }

  #next(): UpstreamCall | undefined {
    return nextOf(this.#repeated) ?? nextOf(this.#waiting);
  }

  /** One attempt stands for one request: the others have their own. */
  #failed(error: Error | null): void {
    this.#next()?.fail(error);
    this.#connectIfNeeded();
  }

  #connected(socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const connection = new UpstreamConnection(socket, this);
    this.#open.add(connection);
    const call = this.#next();
    if (call === undefined) this.released(connection);
    else connection.send(call);
  }
}

/** The next call that is still wanted. */
function nextOf(calls: UpstreamCall[]): UpstreamCall | undefined {
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) if (!call.isOver) return call;
  return undefined;
}

function closing(): UpstreamError {
  return new UpstreamError("aborted", "The gateway closes its connections.");
}
