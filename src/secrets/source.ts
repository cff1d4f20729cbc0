/**
 * Where a secret comes from: `env:NAME`, `file:/path` (relative to the settings file), or the text itself. Vaults: vaults.ts.
 * `literal:...` is for a text that would read as one of the others. Messages name the source, never the value.
 */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";

/** Keys, tokens and certificate chains are far below it. */
const MAX_SECRET_BYTES = 1024 * 1024;

export interface SecretPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from. */
  readonly folder: string;
  /** Most bytes of a file; default 1 MB. */
  readonly maxBytes?: number;
  /** What a file held that is not there any more, by its absolute path. */
  readonly copied?: ((file: string) => Uint8Array | undefined) | undefined;
}

export type Secret =
  /** `file` is the absolute path it was read from: what to watch for a new value; `bytes` is what it holds, as it is. */
  | { readonly value: string; readonly file?: string; readonly bytes?: Uint8Array }
  | { readonly problem: string; readonly hint: string /** What cannot be used is there. */; readonly isThere: boolean };

export async function readSecret(source: string, place: SecretPlace): Promise<Secret> {
  if (source.startsWith("env:")) return fromEnvironment(source.slice(4).trim(), place);
  if (source.startsWith("file:")) return fromFile(source.slice(5).trim(), place);
  return { value: source.startsWith("literal:") ? source.slice(8) : source };
}

/** True when the text itself is the secret, not the name of a place. */
export function isLiteral(source: string): boolean {
  return !/^(env|file|keyvault|aws|gcp|vault):/.test(source);
}

function fromEnvironment(name: string, place: SecretPlace): Secret {
  const value = place.env[name];
  if (value === undefined)
    return {
      problem: `The environment variable ${name} is not set`,
      hint: `Set ${name} before the start.`,
      isThere: false,
    };
  if (value.trim() === "")
    return { problem: `The environment variable ${name} is empty`, hint: `Give ${name} a value.`, isThere: true };
  return { value };
}

async function fromFile(path: string, place: SecretPlace): Promise<Secret> {
  const file = resolve(place.folder, path.startsWith("//") ? path.slice(2) : path);
  try {
    const { size } = await stat(file);
    if (size > (place.maxBytes ?? MAX_SECRET_BYTES))
      return { problem: `The secret file ${path} has ${size} bytes`, hint: "Is it the right file?", isThere: true };
    return contentOf(path, file, await readFile(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const copy = code === "ENOENT" ? place.copied?.(file) : undefined;
    if (copy !== undefined) return contentOf(path, file, Buffer.from(copy));
    const reason =
      code === "ENOENT"
        ? "does not exist"
        : code === "EACCES"
          ? "may not be read by this user"
          : `cannot be read (${code})`;
    return {
      problem: `The secret file ${path} ${reason}`,
      hint: `Relative paths start from the settings file's folder, ${place.folder}.`,
      isThere: code !== "ENOENT",
    };
  }
}

function contentOf(path: string, file: string, bytes: Buffer): Secret {
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const value = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replace(/\r?\n$/, "");
  return value === ""
    ? { problem: `The secret file ${path} is empty`, hint: "Write the secret into it.", isThere: true }
    : { value, file, bytes };
}
