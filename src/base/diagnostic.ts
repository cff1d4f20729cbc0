/**
 * What a configuration author gets when something is wrong: a code, a sentence, a place and a way out.
 * Diagnostics are collected, never thrown at the first, so that one run names every mistake.
 */

/** Position in a file: line and column count from 1, offset from 0, in UTF-16 units. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface Diagnostic {
  /** Stable code, for example `SP2004` or a C# code such as `CS0103`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Path as the author knows it, relative to the configuration folder. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** End of the offending text on the same line, when known. */
  readonly endColumn?: number;
  /** The way out: what to write instead. */
  readonly hint?: string;
}

/** Collects diagnostics of one load; `failed` tells whether any of them is an error. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  error(code: string, message: string, place: Omit<Diagnostic, "code" | "severity" | "message"> = {}): void {
    this.#push({ code, severity: "error", message, ...place });
  }

  warning(code: string, message: string, place: Omit<Diagnostic, "code" | "severity" | "message"> = {}): void {
    this.#push({ code, severity: "warning", message, ...place });
  }

  add(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.#push(diagnostic);
  }

  /** A mistake that is met twice (a fragment included at two places) is named once. */
  #push(diagnostic: Diagnostic): void {
    const key = `${diagnostic.code} ${diagnostic.file}:${diagnostic.line}:${diagnostic.column} ${diagnostic.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.list.push(diagnostic);
  }

  get failed(): boolean {
    return this.list.some((d) => d.severity === "error");
  }
}
