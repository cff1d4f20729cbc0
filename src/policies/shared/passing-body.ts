/** Bodies that somebody looks at, or changes, while they pass: nothing waits for more than it must, and back-pressure goes through. */
import { Body, type BodySink, type BodySource } from "../../http/body.ts";

/** Changes bytes on their way. What is returned must not share memory with what was given, unless it is a part of it. */
export interface Transform {
  /** What goes on now; empty: nothing yet. */
  chunk(data: Uint8Array): Uint8Array;
  /** What goes on last. `error`: the source broke off, and the body will not look complete. */
  end(error?: Error): Uint8Array;
}

/** The body as it goes on, with someone looking on; `done` is called at its end, also when it broke off. */
export function observed(body: Body, look: (chunk: Uint8Array) => void, done: () => void): Body {
  const { buffered } = body;
  if (buffered !== undefined) {
    look(buffered);
    done();
    return body;
  }
  return Body.stream(new Observer(body, look, done), body.length);
}

/** The body as it goes on, changed: its length is not known before its end. */
export function transformed(body: Body, transform: Transform): Body {
  const { buffered } = body;
  if (buffered === undefined) return Body.stream(new Changer(body, transform));
  const first = transform.chunk(buffered);
  return Body.bytes(Buffer.concat([first, transform.end()]));
}

class Observer implements BodySource {
  readonly #body: Body;
  readonly #look: (chunk: Uint8Array) => void;
  readonly #done: () => void;
  #source: BodySource | undefined;
  #isDone = false;

  constructor(body: Body, look: (chunk: Uint8Array) => void, done: () => void) {
    this.#body = body;
    this.#look = look;
    this.#done = done;
  }

  start(sink: BodySink): void {
    this.#source = this.#body.pipe({
      chunk: (data) => {
        // First on its way, then looked at.
        const goesOn = sink.chunk(data);
        this.#look(data);
        return goesOn;
      },
      end: () => {
        this.#finish();
        sink.end();
      },
      error: (error) => {
        this.#finish();
        sink.error(error);
      },
    });
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(reason?: Error): void {
    this.#finish();
    if (this.#source === undefined) this.#body.discard(reason);
    else this.#source.cancel(reason);
  }

  #finish(): void {
    if (!this.#isDone) this.#done();
    this.#isDone = true;
  }
}

class Changer implements BodySource {
  readonly #body: Body;
  readonly #transform: Transform;
  #source: BodySource | undefined;
  #isOver = false;

  constructor(body: Body, transform: Transform) {
    this.#body = body;
    this.#transform = transform;
  }

  start(sink: BodySink): void {
    const finish = (error?: Error) => {
      if (this.#isOver) return;
      this.#isOver = true;
      const last = this.#transform.end(error);
      if (last.length > 0) sink.chunk(last);
      if (error === undefined) sink.end();
      else sink.error(error);
    };
    this.#source = this.#body.pipe({
      chunk: (data) => {
        if (this.#isOver) return true;
        try {
          const changed = this.#transform.chunk(data);
          return changed.length === 0 || sink.chunk(changed);
        } catch (error) {
          this.#isOver = true;
          const reason = error as Error;
          // The source may still be in its start: it is given up once that is known.
          queueMicrotask(() => this.#source?.cancel(reason));
          sink.error(reason);
          return true;
        }
      },
      end: () => finish(),
      error: finish,
    });
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(reason?: Error): void {
    this.#isOver = true;
    if (this.#source === undefined) this.#body.discard(reason);
    else this.#source.cancel(reason);
  }
}
