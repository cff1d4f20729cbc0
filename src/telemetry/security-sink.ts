/** Where lines of the security log go: to a file or standard output, and, read again, to services. All threads of a process share one. */
import type { EventBatches, EventFields } from "./event-batches.ts";
import type { Sink } from "./sink.ts";

export class SecuritySink implements Sink {
  readonly #lines: Sink | undefined;
  readonly #services: readonly EventBatches[];

  constructor(lines: Sink | undefined, services: readonly EventBatches[]) {
    this.#lines = lines;
    this.#services = services;
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    if (this.#services.length > 0) this.#tell(bytes);
    if (this.#lines === undefined) done(null);
    else this.#lines.write(bytes, done);
  }

  close(): void {
    this.#lines?.close();
  }

  #tell(bytes: Buffer): void {
    for (const line of bytes.toString("utf8").split("\n")) {
      if (line === "") continue;
      const event = JSON.parse(line) as EventFields;
      for (const service of this.#services) service.add(event);
    }
  }
}
