/** The body of a backend's response as it flows: chunks that come before anybody reads wait, and the parser is paused meanwhile. */
import type { BodySink, BodySource } from "./body.ts";

/** What steers the connection that the body comes on. */
export interface ResponseController {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

export class ResponseBodySource implements BodySource {
  readonly #controller: ResponseController;
  #sink: BodySink | undefined;
  #early: Uint8Array[] = [];
  #isEnded = false;
  #isCancelled = false;
  #error: Error | undefined;
  #onCancel: (() => void) | undefined;

  constructor(controller: ResponseController, onCancel: () => void) {
    this.#controller = controller;
    this.#onCancel = onCancel;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.resume();
  }

  resume(): void {
    const sink = this.#sink;
    if (sink === undefined || this.#isCancelled) return;
    while (this.#early.length > 0) {
      if (!sink.chunk(this.#early.shift() as Uint8Array)) return;
      if (this.#isCancelled) return;
    }
    if (this.#error !== undefined) {
      this.#sink = undefined;
      sink.error(this.#error);
    } else if (this.#isEnded) {
      this.#sink = undefined;
      sink.end();
    } else {
      this.#controller.resume();
    }
  }

  cancel(reason?: Error): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#sink = undefined;
    this.#early = [];
    if (!this.#isEnded && this.#error === undefined)
      this.#controller.abort(reason ?? new Error("Nobody reads the response."));
    this.#over();
  }

  /** From the parser. Chunks are views of memory of their own: they may be kept. */
  push(chunk: Uint8Array): void {
    if (this.#isCancelled) return;
    if (this.#sink === undefined || this.#early.length > 0) {
      this.#early.push(chunk);
      this.#controller.pause();
    } else if (!this.#sink.chunk(chunk)) {
      this.#controller.pause();
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#settle();
    this.#over();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#settle();
    this.#over();
  }

  /** What is still queued comes first: the end is seen in order, by `resume`. */
  #settle(): void {
    if (this.#sink !== undefined && this.#early.length === 0) this.resume();
  }

  #over(): void {
    const onOver = this.#onCancel;
    this.#onCancel = undefined;
    onOver?.();
  }
}
