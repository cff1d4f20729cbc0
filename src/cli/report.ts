/**
 * Prints what a load or a check found: for people with code frames and a summary, for programs one JSON line per file.
 */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Diagnostic } from "../base/diagnostic.ts";
import { frame, type TextOf } from "./code-frame.ts";
import type { Sink } from "./terminal.ts";

const MAX_SHOWN_FILE_BYTES = 8 * 1024 * 1024;

/** Reads files that diagnostics name, relative to the first folder that has them. */
export function textsOf(...folders: readonly string[]): TextOf {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, firstText(folders.map((folder) => resolve(folder, file))));
    return texts.get(file);
  };
}

function firstText(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      if (statSync(path).size <= MAX_SHOWN_FILE_BYTES) return readFileSync(path, "utf8");
    } catch {
      // Not there: the next may be.
    }
  }
  return undefined;
}

/** By file, then line; those without a file first. */
export function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic) => d.file ?? "";
  return [...diagnostics].sort(
    (a, b) =>
      (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

export function printFrames(diagnostics: readonly Diagnostic[], textOf: TextOf, sink: Sink): void {
  for (const diagnostic of sorted(diagnostics)) {
    for (const line of frame(diagnostic, textOf, sink)) sink.line(line);
    sink.line("");
  }
}

/** `2 errors and 1 warning`; undefined when there is nothing. */
export function countText(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter((d) => d.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [errors > 0 ? plural(errors, "error") : "", warnings > 0 ? plural(warnings, "warning") : ""].filter(
    (p) => p !== "",
  );
  return parts.length === 0 ? undefined : parts.join(" and ");
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** One line of `--format json`. */
export function jsonLine(file: string, diagnostics: readonly Diagnostic[]): string {
  const ok = !diagnostics.some((d) => d.severity === "error");
  const list = diagnostics.map(({ code, message, line, column, hint, severity }) => ({
    code,
    message,
    line,
    column,
    hint,
    severity,
  }));
  return JSON.stringify({ file, ok, diagnostics: list });
}
