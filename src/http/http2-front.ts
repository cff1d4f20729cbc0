/**
 * HTTP/2 connections of a TLS listener (RFC 9113), on node:http2 and with the bounds and time limits that it leaves open: streams at once,
 * resets, settings, pings; the first request, each request, idleness, readers that stop. Requests that the client has taken back by the
 * time they would be served cost nothing more (CVE-2023-44487).
 */
import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Body } from "./body.ts";
import type { FrontLimits, RequestHandler } from "./front.ts";
import { type HeadRefusal, isRefusal } from "./head-check.ts";
import { Headers } from "./headers.ts";
import { readHead } from "./http2-head.ts";
import { Http2Reply } from "./http2-reply.ts";
import { Http2Request } from "./http2-request.ts";
import { IdleWatch, type Waiting } from "./idle-watch.ts";
import type { Peer } from "./peer.ts";

/** What the connections of a front share with those of HTTP/1.1. */
export interface Http2Host {
  readonly watch: IdleWatch;
  /** Ends connections that no request comes on. */
  readonly idle: IdleWatch;
  readonly hsts: string | undefined;
  readonly isDraining: boolean;
  readonly onRequest: RequestHandler;
  peerOf(socket: Socket): Peer;
  onRefused(status: number, reason: string, peer: Peer): void;
}

const MAX_REQUESTS_PER_CONNECTION = 10_000;
/** Pseudo-header fields, and a cookie that was sent in pieces. */
const MORE_FIELDS = 32;
const TIMEOUT: HeadRefusal = {
  status: 408,
  reason: "RequestTimeout",
  message: "The request did not arrive in time.",
};

export class Http2Front {
  readonly host: Http2Host;
  readonly limits: FrontLimits;
  /** Ends connections that never ask for anything. */
  readonly first: IdleWatch;
  /** Ends requests that do not arrive in time, however slowly they drip. */
  readonly arriving: IdleWatch;
  readonly #connections = new Set<Http2Connection>();

  constructor(host: Http2Host, limits: FrontLimits) {
    this.host = host;
    this.limits = limits;
    this.first = new IdleWatch(limits.headersTimeoutMs);
    this.arriving = new IdleWatch(limits.requestTimeoutMs);
  }

  open(socket: TLSSocket): void {
    const connection = new Http2Connection(socket, this);
    this.#connections.add(connection);
    connection.session.once("close", () => this.#connections.delete(connection));
  }

  /** Serves no further requests; connections end with those under way. */
  end(): void {
    for (const { session } of this.#connections) session.close();
  }

  /** What was believed of the clients may no longer hold. */
  retire(): void {
    this.end();
  }

  destroy(): void {
    for (const { session } of this.#connections) session.destroy();
  }

  release(): void {
    this.first.close();
    this.arriving.close();
  }
}

class Http2Connection implements Waiting {
  idleTicks = 0;
  readonly session: ServerHttp2Session;
  readonly #front: Http2Front;
  readonly #socket: TLSSocket;
  #peer: Peer | undefined;
  #open = 0;
  #served = 0;

  constructor(socket: TLSSocket, front: Http2Front) {
    this.#front = front;
    this.#socket = socket;
    const { limits, host } = front;
    this.session = performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: 100,
        initialWindowSize: 65_535,
        maxHeaderListSize: limits.maxHeaderBytes,
        enablePush: false,
      },
      maxHeaderListPairs: limits.maxHeaderCount + MORE_FIELDS,
      maxSessionMemory: 10,
      maxSettings: 16,
      maxOutstandingPings: 5,
      maxSessionInvalidFrames: 20,
      maxSessionRejectedStreams: 50,
      streamResetBurst: 200,
      streamResetRate: 20,
    }) as ServerHttp2Session;
    front.first.enter(this);
    this.session.on("stream", (stream, _headers, flags, raw) => this.#receive(stream, flags, raw as string[]));
    // What is wrong with one connection is answered on it by GOAWAY; it is nobody else's business.
    this.session.on("error", () => {});
    socket.on("error", () => {});
    this.session.once("close", () => {
      front.first.leave(this);
      host.idle.leave(this);
    });
  }

  giveUp(): void {
    if (this.#open > 0) this.#front.host.idle.enter(this);
    else this.session.destroy();
  }

  #receive(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    stream.on("error", () => {});
    if (this.#served === 0) this.#front.first.leave(this);
    this.#front.host.idle.leave(this);
    this.#open++;
    this.#served++;
    stream.once("close", () => {
      this.#open--;
      if (this.#open === 0 && !this.session.destroyed) this.#front.host.idle.enter(this);
    });
    // The last one here, as GOAWAY tells: what comes after it was not begun and may be sent again (RFC 9113 section 6.8).
    if (this.#front.host.isDraining || this.#served >= MAX_REQUESTS_PER_CONNECTION) this.session.close();
    // After all that has arrived was read: a reset may be right behind.
    setImmediate(() => {
      if (!stream.destroyed && !stream.closed) this.#serve(stream, flags, raw);
    });
  }

  #serve(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const { host, limits, arriving } = this.#front;
    this.#peer ??= host.peerOf(this.#socket);
    const peer = this.#peer;
    const isComplete = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const head = readHead(raw, limits.maxHeaderCount, isComplete);
    const reply = new Http2Reply(stream, host, isRefusal(head) ? false : head.method === "HEAD");
    if (isRefusal(head)) {
      host.onRefused(head.status, head.reason, peer);
      refuse(reply, head);
      return;
    }
    const request = new Http2Request(stream, head, peer);
    if (!isComplete) {
      const deadline: Waiting = {
        idleTicks: 0,
        giveUp: () => {
          if (request.isReceived) return;
          host.onRefused(TIMEOUT.status, TIMEOUT.reason, peer);
          if (reply.isSent) reply.destroy();
          else refuse(reply, TIMEOUT);
        },
      };
      arriving.enter(deadline);
      stream.once("end", () => arriving.leave(deadline));
      stream.once("close", () => arriving.leave(deadline));
    }
    stream.once("close", () => {
      if (reply.closed()) request.abort();
    });
    host.onRequest(request, reply);
  }
}

function refuse(reply: Http2Reply, { status, message, headers }: HeadRefusal): void {
  const fields = new Headers(["Content-Type", "application/json", ...(headers ?? [])]);
  reply.send(status, "", fields, Body.text(`{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`));
}
