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
const BLOCK_BYTES = 65_536;
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 1_000;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const NEW_LINE = 10;

export class BufferedLineWriter implements LineWriter {
  dropped = 0;
  readonly #sink: Sink;
  /** Blocks that are full, oldest first. Lines are written into bytes at once: strings kept for later cost the collector dear. */
  #full: Buffer[] = [];
  #fullBytes = 0;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #pendingLines = 0;
  #isWriting = false;
  #unreported = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  /** @param to a file's path, or where else bytes go; undefined: standard output */
  constructor(to?: string | Sink) {
    this.#sink = to === undefined ? standardOutput() : typeof to === "string" ? new FileSink(to) : to;
  }

  write(line: string): void {
    const needed = line.length * BYTES_PER_UNIT + 1;
    if (this.#fullBytes + this.#used + needed > MAX_PENDING_BYTES) {
      this.#drop(1);
      return;
    }
    if (this.#used + needed > this.#block.length) this.#rotate(needed);
    this.#used += this.#block.write(line, this.#used, "utf8");
    this.#block[this.#used++] = NEW_LINE;
    this.#pendingLines++;
    if (this.#isWriting) return;
    if (this.#full.length > 0) this.#next();
    else this.#schedule(FLUSH_MS);
  }

  flush(): Promise<void> {
    if (this.#pendingLines === 0 && !this.#isWriting) return Promise.resolve();
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
    if (this.#pendingLines === 0) {
      this.#settle();
      return;
    }
    const lines = this.#pendingLines;
    const reported = this.#unreported;
    this.#unreported = 0;
    this.#isWriting = true;
    if (reported > 0) this.write(`{"level":"warn","message":"Log lines were dropped","count":${reported}}`);
    const bytes = this.#take();
    this.#sink.write(bytes, (error) => {
      this.#isWriting = false;
      if (error !== null) this.#failed(lines, reported);
      else if (this.#waiting.length > 0 || this.#full.length > 0) this.#next();
      // Few lines wait for more: a write for each would cost more than the request.
      else if (this.#pendingLines > 0) this.#schedule(FLUSH_MS);
    });
  }

  /** What was being written is lost. Who waits for a flush gets no second attempt: at the end of a process there is no later. */
  #failed(lines: number, reported: number): void {
    this.#drop(lines);
    this.#unreported += reported;
    if (this.#waiting.length > 0) {
      this.#drop(this.#pendingLines);
      this.#take();
      this.#settle();
    } else if (this.#pendingLines > 0) {
      this.#schedule(RETRY_MS);
    }
  }

  /** Puts the block aside and begins one that holds at least `needed` bytes. */
  #rotate(needed: number): void {
    if (this.#used > 0) {
      this.#full.push(this.#block.subarray(0, this.#used));
      this.#fullBytes += this.#used;
    }
    this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, needed));
    this.#used = 0;
  }

  /** All that is pending, as one run of bytes. */
  #take(): Buffer {
    if (this.#used > 0) this.#rotate(0);
    const [first] = this.#full;
    const bytes = this.#full.length === 1 ? first : Buffer.concat(this.#full, this.#fullBytes);
    this.#full = [];
    this.#fullBytes = 0;
    this.#pendingLines = 0;
    return bytes;
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
