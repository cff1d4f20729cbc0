/** Requests of the front on node:http, and their bodies as they arrive. */
import type { IncomingMessage } from "node:http";
import { Body, type BodySink, type BodySource } from "./body.ts";
import { FrontRequest } from "./front-request.ts";
import type { AcceptedHead } from "./head-check.ts";
import { Headers } from "./headers.ts";
import type { Peer } from "./peer.ts";

const EMPTY_BODY = Body.bytes(new Uint8Array(0));

/** @param onBodyStart called when somebody wants the body */
export function nodeRequest(
  message: IncomingMessage,
  { framing, length }: AcceptedHead,
  peer: Peer,
  onBodyStart: (() => void) | undefined,
): FrontRequest {
  const head = {
    method: message.method as string,
    target: message.url as string,
    httpVersion: message.httpVersion,
    headers: new Headers(message.rawHeaders),
  };
  if (framing === "none") return new FrontRequest(head, peer, Body.none, undefined);
  if (framing === "length" && length === 0) return new FrontRequest(head, peer, EMPTY_BODY, undefined);
  const source = new RequestBodySource(message, onBodyStart);
  const body = Body.stream(source, framing === "length" ? length : undefined);
  return new FrontRequest(head, peer, body, source);
}

/** Hands chunks on as the parser finds them. Trailers are dropped: nothing may follow the checks in disguise (RFC 9110 section 6.5.1). */
class RequestBodySource implements BodySource {
  received = 0;
  readonly #message: IncomingMessage;
  readonly #onStart: (() => void) | undefined;
  #sink: BodySink | undefined;

  constructor(message: IncomingMessage, onStart: (() => void) | undefined) {
    this.#message = message;
    this.#onStart = onStart;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#onStart?.();
    const message = this.#message;
    if (message.destroyed) {
      queueMicrotask(() => this.#fail(message.errored));
      return;
    }
    message.on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      if (this.#sink !== undefined && !this.#sink.chunk(chunk)) message.pause();
    });
    message.on("end", () => {
      const reader = this.#sink;
      this.#sink = undefined;
      reader?.end();
    });
    message.on("error", (error) => this.#fail(error));
    message.on("close", () => this.#fail(null));
  }

  resume(): void {
    if (this.#sink !== undefined) this.#message.resume();
  }

  cancel(): void {
    this.#sink = undefined;
    // What still comes is read and dropped up to the limits of the connection.
    if (!this.#message.destroyed) this.#message.resume();
  }

  #fail(error: Error | null): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.error(error ?? new Error("The request body ended early."));
  }
}
