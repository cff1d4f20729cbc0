/**
 * Streams of server-sent events that callers opened, to which answers of later requests are sent (MCP's transport of 2024-11-05). A
 * request may come to another thread than the stream: threads of one process pass answers on to each other.
 */
import { randomBytes } from "node:crypto";
import { BroadcastChannel } from "node:worker_threads";
import { Body, type BodySink, type BodySource } from "../http/body.ts";

const MAX_SESSIONS = 1_000;
/** Characters that a slow reader may leave unread before its stream is ended. */
const MAX_UNREAD = 4 * 1024 ** 2;
/** Proxies close what is silent. */
const KEEP_ALIVE_MS = 15_000;
/** How long other threads are given to say that a session is theirs. */
const ASK_MS = 1_000;

/** What threads tell each other. */
type Note =
  | { readonly kind: "ask"; readonly question: string; readonly id: string; readonly owner: string }
  | { readonly kind: "here"; readonly question: string }
  | { readonly kind: "event"; readonly id: string; readonly owner: string; readonly text: string };

export class EventSessions {
  readonly #sessions = new Map<string, { readonly owner: string; readonly stream: EventStream }>();
  readonly #questions = new Map<string, () => void>();
  #channel: BroadcastChannel | undefined;

  /**
   * Undefined when there are too many.
   * @param owner only requests of the same owner reach it
   * @param first makes the first event, which says where requests go
   */
  open(owner: string, first: (id: string) => string): Body | undefined {
    if (this.#sessions.size >= MAX_SESSIONS) return undefined;
    this.#connect();
    const id = randomBytes(24).toString("base64url");
    const stream = new EventStream(() => this.#sessions.delete(id));
    this.#sessions.set(id, { owner, stream });
    stream.send(first(id));
    return Body.stream(stream);
  }

  /** Whether there is such a session, in this thread or another. */
  has(id: string, owner: string): boolean | Promise<boolean> {
    if (this.#sessions.has(id)) return this.#sessions.get(id)?.owner === owner;
    const channel = this.#connect();
    const question = randomBytes(12).toString("base64url");
    return new Promise((resolve) => {
      const settle = (isThere: boolean) => {
        clearTimeout(timer);
        this.#questions.delete(question);
        resolve(isThere);
      };
      const timer = setTimeout(() => settle(false), ASK_MS);
      this.#questions.set(question, () => settle(true));
      channel.postMessage({ kind: "ask", question, id, owner } satisfies Note);
    });
  }

  send(id: string, owner: string, text: string): void {
    if (this.#sessions.has(id)) this.#deliver(id, owner, text);
    else this.#connect().postMessage({ kind: "event", id, owner, text } satisfies Note);
  }

  #deliver(id: string, owner: string, text: string): void {
    const session = this.#sessions.get(id);
    if (session?.owner === owner) session.stream.send(text);
  }

  /** Opened by the first use; it keeps no thread alive. */
  #connect(): BroadcastChannel {
    if (this.#channel !== undefined) return this.#channel;
    const channel = new BroadcastChannel("sallyport-event-sessions");
    channel.onmessage = (event) => this.#hear((event as unknown as { readonly data: Note }).data);
    channel.unref();
    this.#channel = channel;
    return channel;
  }

  #hear(note: Note): void {
    if (note.kind === "here") this.#questions.get(note.question)?.();
    else if (note.kind === "event") this.#deliver(note.id, note.owner, note.text);
    else if (this.#sessions.get(note.id)?.owner === note.owner)
      this.#channel?.postMessage({ kind: "here", question: note.question } satisfies Note);
  }
}

/** A body that goes on until its reader is gone. */
class EventStream implements BodySource {
  readonly #onEnd: () => void;
  readonly #keepAlive: NodeJS.Timeout;
  #sink: BodySink | undefined;
  #unread: string[] = [];
  #unreadLength = 0;
  #isPaused = true;
  #isEnded = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#keepAlive = setInterval(() => this.send(": \n\n"), KEEP_ALIVE_MS).unref();
  }

  send(text: string): void {
    if (this.#isEnded) return;
    this.#unread.push(text);
    this.#unreadLength += text.length;
    if (!this.#isPaused) this.resume();
    else if (this.#unreadLength > MAX_UNREAD) {
      this.cancel();
      this.#sink?.error(new Error("The reader of the events is too slow."));
    }
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    if (this.#isEnded) sink.end();
    else this.resume();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#unread.length === 0 || this.#isEnded) return;
    const text = this.#unread.join("");
    this.#unread = [];
    this.#unreadLength = 0;
    if (this.#sink?.chunk(Buffer.from(text, "utf8")) === false) this.#isPaused = true;
  }

  cancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#keepAlive);
    this.#onEnd();
  }
}
