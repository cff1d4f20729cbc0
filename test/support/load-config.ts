/** Loads configurations that a test writes down as files. */
import assert from "node:assert/strict";
import { type Loaded, type LoadOptions, loadFolder } from "../../src/resources/load.ts";
import type { Snapshot } from "../../src/resources/snapshot.ts";
import { configFolder, type Files } from "./config-folder.ts";

export const POLICY = "<policies><inbound><base /></inbound></policies>";

export async function load(files: Files, options: LoadOptions = {}): Promise<Loaded> {
  return loadFolder(await configFolder(files), { env: {}, ...options });
}

export async function snapshotOf(files: Files, options: LoadOptions = {}): Promise<Snapshot> {
  const { snapshot, diagnostics } = await load(files, options);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot;
}

/** Every mistake as `file:line:column code message | hint`. */
export async function mistakes(files: Files, options: LoadOptions = {}): Promise<string[]> {
  const { diagnostics } = await load(files, options);
  return diagnostics
    .filter((d) => d.severity === "error")
    .map(
      (d) =>
        `${d.file ?? ""}${d.line ? `:${d.line}:${d.column}` : ""} ${d.code} ${d.message}${d.hint ? ` | ${d.hint}` : ""}`,
    );
}

export async function warnings(files: Files, options: LoadOptions = {}): Promise<string[]> {
  return (await load(files, options)).diagnostics
    .filter((d) => d.severity === "warning")
    .map((d) => `${d.code} ${d.message}`);
}
