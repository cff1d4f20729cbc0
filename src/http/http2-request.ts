/** A request on a stream of HTTP/2: the same facts as one of HTTP/1.1, and the body as it arrives. */
import type { ServerHttp2Stream } from "node:http2";
import { Body, type BodySink, type BodySource } from "./body.ts";
import { FrontRequest } from "./front-request.ts";
import type { Http2Head } from "./http2-head.ts";
import type { Peer } from "./peer.ts";

export class Http2Request extends FrontRequest {
  readonly #source: StreamSource | undefined;

  constructor(stream: ServerHttp2Stream, head: Http2Head, peer: Peer) {
    const { method, target, headers } = head;
    const source = head.hasBody ? new StreamSource(stream, head.expectsContinue) : undefined;
    const body = source === undefined ? Body.none : Body.stream(source, head.length);
    super({ method, target, headers, httpVersion: "2" }, peer, body, source);
    this.#source = source;
  }

  /** True when the whole of it is here. */
  get isReceived(): boolean {
    return this.#source?.isEnded ?? true;
  }
}

/** Trailers are dropped: nothing may follow the checks in disguise (RFC 9110 section 6.5.1). */
class StreamSource implements BodySource {
  received = 0;
  isEnded = false;
  readonly #stream: ServerHttp2Stream;
  readonly #expectsContinue: boolean;
  #sink: BodySink | undefined;

  constructor(stream: ServerHttp2Stream, expectsContinue: boolean) {
    this.#stream = stream;
    this.#expectsContinue = expectsContinue;
  }

  start(sink: BodySink): void {
    const stream = this.#stream;
    this.#sink = sink;
    if (stream.destroyed) {
      queueMicrotask(() => this.#fail());
      return;
    }
    if (this.#expectsContinue && !stream.headersSent) stream.additionalHeaders({ ":status": 100 });
    stream.on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      if (this.#sink !== undefined && !this.#sink.chunk(chunk)) stream.pause();
    });
    stream.on("end", () => {
      // A stream that was reset ends too; its body is not complete.
      if (stream.aborted || stream.rstCode !== 0) {
        this.#fail();
        return;
      }
      this.isEnded = true;
      const reader = this.#sink;
      this.#sink = undefined;
      reader?.end();
    });
    stream.on("aborted", () => this.#fail());
    stream.on("error", () => this.#fail());
    stream.on("close", () => this.#fail());
  }

  resume(): void {
    if (this.#sink !== undefined) this.#stream.resume();
  }

  cancel(): void {
    this.#sink = undefined;
    // What still comes is read and dropped, so that it does not use up the window of the connection.
    if (!this.#stream.destroyed) this.#stream.resume();
  }

  #fail(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.error(new Error("The request body ended early."));
  }
}
