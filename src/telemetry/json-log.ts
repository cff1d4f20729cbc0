/** The operational log as JSON lines: time, level, message, then the fields. */
import type { Clock } from "../base/clock.ts";
import { quote } from "./json-text.ts";
import type { LineWriter } from "./line-writer.ts";
import type { Log, LogFields } from "./log.ts";
import { redact } from "./redact.ts";

export class JsonLog implements Log {
  readonly #writer: LineWriter;
  readonly #clock: Clock;

  constructor(writer: LineWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  info(message: string, fields?: LogFields): void {
    this.#line("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#line("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#line("error", message, fields);
  }

  #line(level: string, message: string, fields: LogFields | undefined): void {
    let line = `{"time":"${new Date(this.#clock.now()).toISOString()}","level":"${level}","message":${quote(redact(message))}`;
    for (const [name, value] of Object.entries(fields ?? {})) {
      if (value === undefined) continue;
      line += `,${quote(name)}:${typeof value === "string" ? quote(redact(value)) : finite(value)}`;
    }
    this.#writer.write(`${line}}`);
  }
}

/** Numbers that JSON has no words for become null. */
function finite(value: number | boolean | null): string {
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
}
