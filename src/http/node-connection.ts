/**
 * One client connection of the front: its requests are served one after the other, in order, however many were pipelined, so that a
 * client cannot make the gateway work on a thousand requests at once (RFC 9112 section 9.3.2).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RequestHandler } from "./front.ts";
import type { FrontRequest } from "./front-request.ts";
import { checkHead, type HeadRefusal, isRefusal } from "./head-check.ts";
import { NodeReply, type ReplyHost } from "./node-reply.ts";
import { nodeRequest } from "./node-request.ts";
import type { Peer } from "./peer.ts";
import { refusalText } from "./raw-response.ts";
import type { Waiting, IdleWatch } from "./idle-watch.ts";

/** What all connections of a front share. */
export interface ConnectionHost {
  readonly name: string;
  readonly maxHeaderCount: number;
  readonly watch: IdleWatch;
  /** Ends connections that no request comes on. */
  readonly idle: IdleWatch;
  /** Ends connections that were told goodbye but do not close. */
  readonly linger: IdleWatch;
  readonly isDraining: boolean;
  /** Value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
  readonly onRequest: RequestHandler;
  peerOf(socket: Socket): Peer;
  onRefused(status: number, reason: string, peer: Peer): void;
}

interface Pipelined {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

/** Pipelined requests that may wait; beyond, the socket is not read until some are answered. */
const MAX_WAITING = 16;

const CONNECTION = Symbol("connection");
type ConnectedSocket = Socket & { [CONNECTION]?: NodeConnection };

export class NodeConnection implements ReplyHost, Waiting {
  idleTicks = 0;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  #peer: Peer | undefined;
  #request: FrontRequest | undefined;
  #reply: NodeReply | undefined;
  /** The message of the request that is served. */
  #message: IncomingMessage | undefined;
  #waiting: Pipelined[] | undefined;
  /** What is wrong with the bytes behind requests that are still to be answered. */
  #lastWord: HeadRefusal | undefined;
  #isRefused = false;
  #isRetired = false;

  private constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
  }

  static open(socket: Socket, host: ConnectionHost): NodeConnection {
    const connection = new NodeConnection(socket, host);
    (socket as ConnectedSocket)[CONNECTION] = connection;
    socket.on("close", () => connection.#closed());
    host.idle.enter(connection);
    return connection;
  }

  static of(socket: Socket): NodeConnection | undefined {
    return (socket as ConnectedSocket)[CONNECTION];
  }

  get watch(): IdleWatch {
    return this.#host.watch;
  }

  get isDraining(): boolean {
    return this.#host.isDraining || this.#isRetired;
  }

  get hsts(): string | undefined {
    return this.#host.hsts;
  }

  /** Ends with the request under way: what was believed of the client may no longer hold. */
  retire(): void {
    this.#isRetired = true;
    if (!this.isBusy) this.#socket.destroy();
  }

  /** Established with the first request: the facts of a TLS handshake are not there before. */
  get peer(): Peer {
    this.#peer ??= this.#host.peerOf(this.#socket);
    return this.#peer;
  }

  receive(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (this.#lastWord !== undefined) return;
    if (this.#reply === undefined) {
      this.#serve(message, response, expectsContinue);
      return;
    }
    this.#waiting ??= [];
    this.#waiting.push({ message, response, expectsContinue });
    if (this.#waiting.length >= MAX_WAITING) this.#socket.pause();
  }

  replyDone(): void {
    this.#request = undefined;
    this.#reply = undefined;
    this.idleTicks = 0;
    this.#message = undefined;
    if (this.#lastWord !== undefined || (this.#waiting?.length ?? 0) > 0) setImmediate(() => this.#serveNext());
  }

  /**
   * What the parser or the time limits refused. Requests that came whole before are answered first, each with its own answer: the client
   * would take this one for theirs (RFC 9112 section 9.3.2).
   */
  failed(refusal: HeadRefusal, isHead = this.#request?.method === "HEAD"): void {
    if (this.#message?.complete === true) this.#lastWord ??= refusal;
    else this.refuse(refusal, isHead);
  }

  /** Answers once, and closes. */
  refuse(refusal: HeadRefusal, isHead = this.#request?.method === "HEAD"): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.#host.onRefused(refusal.status, refusal.reason, this.peer);
    const isStarted = this.#reply?.isStarted ?? false;
    this.#abandon(new Error(refusal.message));
    if (isStarted || !this.#socket.writable) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(refusalText(refusal.status, refusal.message, refusal.headers, isHead), "latin1");
    this.#lingerThenDestroy();
  }

  /** True while a request is being served. */
  get isBusy(): boolean {
    return this.#reply !== undefined;
  }

  /** Nothing has moved for too long, unless a request is being served: how long that takes is not the connection's business. */
  giveUp(): void {
    if (this.isBusy) this.#host.idle.enter(this);
    // Over TLS the client is told (RFC 9112 section 9.8).
    else this.#socket.destroySoon();
  }

  /** The connection has become a tunnel. */
  detach(): void {
    this.#host.idle.leave(this);
  }

  #serve(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const method = message.method as string;
    const head = checkHead(
      { method, target: message.url as string, httpVersion: message.httpVersion, raw: message.rawHeaders },
      this.#host.maxHeaderCount,
    );
    if (isRefusal(head)) {
      this.refuse(head, method === "HEAD");
      return;
    }
    const requestBytes =
      head.framing === "none" ? 0 : head.framing === "length" ? head.length : Number.POSITIVE_INFINITY;
    const reply = new NodeReply(response, this, method === "HEAD", requestBytes);
    // 100 is sent when somebody wants the body, and not before: a refused request is refused without reading it.
    const onBodyStart = expectsContinue ? () => response.writeContinue() : undefined;
    const request = nodeRequest(message, head, this.peer, onBodyStart);
    if (requestBytes > 0) this.#lingerWhenUnread(message);
    this.#request = request;
    this.#reply = reply;
    this.#message = message;
    this.#host.onRequest(request, reply);
  }

  #serveNext(): void {
    const next = this.#waiting?.shift();
    const lastWord = this.#lastWord;
    if (lastWord !== undefined && this.#reply === undefined && next?.message.complete !== true) {
      this.refuse(lastWord);
      return;
    }
    if (next === undefined || this.#reply !== undefined || this.#isRefused || this.#socket.destroyed) return;
    if (this.#socket.isPaused() && (this.#waiting?.length ?? 0) < MAX_WAITING) this.#socket.resume();
    this.#serve(next.message, next.response, next.expectsContinue);
  }

  /**
   * Closing a socket while the client still sends makes the kernel reset it, and the client may lose the answer it has not read yet.
   * So the end is announced, and the rest thrown away for a moment, before the socket goes (RFC 9112 section 9.6).
   */
  #lingerWhenUnread(message: IncomingMessage): void {
    const socket = this.#socket;
    socket.destroySoon = () => {
      if (message.complete || socket.destroyed) {
        Object.getPrototypeOf(socket).destroySoon.call(socket);
        return;
      }
      socket.end();
      this.#lingerThenDestroy();
    };
  }

  #lingerThenDestroy(): void {
    this.#host.idle.leave(this);
    this.#host.linger.enter(this);
  }

  #closed(): void {
    this.#host.idle.leave(this);
    this.#host.linger.leave(this);
    this.#waiting = undefined;
    this.#abandon(new Error("The client has gone."));
  }

  #abandon(error: Error): void {
    const request = this.#request;
    const reply = this.#reply;
    this.#waiting = undefined;
    this.#request = undefined;
    this.#reply = undefined;
    this.#message = undefined;
    reply?.abort(error);
    request?.abort();
  }
}
