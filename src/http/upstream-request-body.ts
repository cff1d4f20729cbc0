/**
 * A Body as undici wants a stream: an emitter of `data`, `end` and `error` that can be paused. The whole of node:stream is not needed
 * between two ends that already speak of back-pressure.
 */
import { EventEmitter } from "node:events";
import type { Body, BodySource } from "./body.ts";

export class RequestBodyStream extends EventEmitter {
  /** Why the body failed before its end, when it did: the caller went away. */
  failure: Error | undefined;
  destroyed = false;
  readonly #body: Body;
  #source: BodySource | undefined;
  #isStarted = false;
  #isPaused = false;
  #isEnded = false;

  constructor(body: Body) {
    super();
    this.#body = body;
    // Errors may come after undici stopped listening: then they concern nobody.
    this.on("error", () => {});
  }

  /** undici recognises streams by this method; it never calls it. */
  pipe(): never {
    throw new Error("A request body is read by its events.");
  }

  pause(): this {
    this.#isPaused = true;
    return this;
  }

  resume(): this {
    this.#isPaused = false;
    if (!this.#isStarted) this.#start();
    else this.#source?.resume();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    if (!this.#isEnded) {
      if (this.#isStarted) this.#source?.cancel(error);
      else this.#body.discard(error);
    }
    this.emit("close");
    return this;
  }

  #start(): void {
    this.#isStarted = true;
    this.#source = this.#body.pipe({
      chunk: (data) => {
        if (this.destroyed) return false;
        this.emit("data", data);
        return !this.#isPaused;
      },
      end: () => {
        this.#isEnded = true;
        if (!this.destroyed) this.emit("end");
      },
      error: (error) => {
        this.#isEnded = true;
        this.failure = error;
        if (!this.destroyed) this.emit("error", error);
      },
    });
  }
}
