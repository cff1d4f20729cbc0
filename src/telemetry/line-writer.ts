/**
 * Writes lines to a file or to standard output without ever holding up or ending the process: lines gather in memory, one write is
 * under way at a time, off the event loop, and when the disk is full, the pipe closed or its reader stuck, lines are dropped and
 * counted. Once writing works again, a line says how many are missing.
 */
import { FileSink, type Sink, standardOutput } from "./sink.ts";

export interface LineWriter {
  /** @param line without line break */
  write(line: string): void;
  /** Resolves when everything accepted so far is written or given up. */
  flush(): Promise<void>;
  /** Lines dropped since the start. */
  readonly dropped: number;
}

const FLUSH_MS = 100;
const FLUSH_CHARS = 65_536;
const MAX_CHARS = 8 * 1024 * 1024;
const RETRY_MS = 1_000;

export class BufferedLineWriter implements LineWriter {
  dropped = 0;
  readonly #sink: Sink;
  #pending = "";
  #pendingLines = 0;
  #isWriting = false;
  #unreported = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  /** @param path undefined: standard output */
  constructor(path?: string) {
    this.#sink = path === undefined ? standardOutput() : new FileSink(path);
  }

  write(line: string): void {
    if (this.#pending.length > MAX_CHARS) {
      this.#drop(1);
      return;
    }
    this.#pending += `${line}\n`;
    this.#pendingLines++;
    if (this.#isWriting) return;
    if (this.#pending.length >= FLUSH_CHARS) this.#next();
    else this.#schedule(FLUSH_MS);
  }

  flush(): Promise<void> {
    if (this.#pending === "" && !this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#next();
    });
  }

  /** Writes what is pending and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#sink.close();
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#next(), delayMs);
    this.#timer.unref();
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isWriting) return;
    if (this.#pending === "") {
      this.#settle();
      return;
    }
    if (this.#unreported > 0) {
      this.#pending += `{"level":"warn","message":"Log lines were dropped","count":${this.#unreported}}\n`;
      this.#unreported = 0;
    }
    const bytes = Buffer.from(this.#pending, "utf8");
    const lines = this.#pendingLines;
    this.#pending = "";
    this.#pendingLines = 0;
    this.#isWriting = true;
    this.#sink.write(bytes, (error) => {
      this.#isWriting = false;
      if (error === null) this.#next();
      else this.#failed(lines);
    });
  }

  /** What was being written is lost. Who waits for a flush gets no second attempt: at the end of a process there is no later. */
  #failed(lines: number): void {
    this.#drop(lines);
    if (this.#waiting.length > 0) {
      this.#drop(this.#pendingLines);
      this.#pending = "";
      this.#pendingLines = 0;
      this.#settle();
    } else if (this.#pending !== "") {
      this.#schedule(RETRY_MS);
    }
  }

  #drop(lines: number): void {
    this.dropped += lines;
    this.#unreported += lines;
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
