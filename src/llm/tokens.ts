/**
 * Counts tokens with a model's encoding. The tables are loaded when the first text is counted; texts that would hold up the event loop are
 * counted by another thread.
 */
import { Worker } from "node:worker_threads";

export type Encoding = "o200k_base" | "cl100k_base";

/** As text in UTF-16: a millisecond of work, about. */
const LARGE = 16_384;
/** Beyond it nobody counts: four bytes a token is near enough, and bounded. */
const HUGE = 4 * 1024 * 1024;

/** What texts of other providers are counted with, too: an estimate there. */
export function encodingOf(model: string | undefined): Encoding {
  return model !== undefined && /^(gpt-3\.5|gpt-35|gpt-4(?!o|\.1|\.5)|text-embedding|davinci|babbage)/.test(model)
    ? "cl100k_base"
    : "o200k_base";
}

interface Tables {
  countTokens(text: string, options: { readonly disallowedSpecial: Set<string> }): number;
}

const tables = new Map<Encoding, Promise<Tables>>();
/** Prompts are hostile: what looks like a special token is text. */
const OPTIONS = { disallowedSpecial: new Set<string>() };

export async function countTokens(texts: readonly string[], encoding: Encoding): Promise<number> {
  let length = 0;
  for (const text of texts) length += text.length;
  if (length > HUGE) return Math.ceil(length / 4);
  return length > LARGE ? countElsewhere(texts, encoding) : countHere(texts, encoding);
}

/** In this thread, whatever the length. */
export async function countHere(texts: readonly string[], encoding: Encoding): Promise<number> {
  const { countTokens: countText } = await tablesOf(encoding);
  return texts.reduce((sum, text) => sum + countText(text, OPTIONS), 0);
}

function tablesOf(encoding: Encoding): Promise<Tables> {
  let loaded = tables.get(encoding);
  if (loaded === undefined) {
    loaded = load(encoding);
    tables.set(encoding, loaded);
  }
  return loaded;
}

async function load(encoding: Encoding): Promise<Tables> {
  try {
    if (encoding === "cl100k_base") return await import("gpt-tokenizer/encoding/cl100k_base");
    return await import("gpt-tokenizer/encoding/o200k_base");
  } catch (error) {
    throw new Error("Counting tokens needs the package gpt-tokenizer: npm install gpt-tokenizer", { cause: error });
  }
}

let counter: Worker | undefined;
let nextId = 0;
const waiting = new Map<number, { resolve: (tokens: number) => void; estimate: number }>();

function countElsewhere(texts: readonly string[], encoding: Encoding): Promise<number> {
  counter ??= startCounter();
  const id = nextId++;
  const estimate = Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4);
  return new Promise((resolve) => {
    waiting.set(id, { resolve, estimate });
    counter?.ref();
    counter?.postMessage({ id, texts, encoding });
  });
}

function startCounter(): Worker {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  const worker = new Worker(new URL(`./token-counter${extension}`, import.meta.url), { name: "token counter" });
  worker.unref();
  worker.on("message", ({ id, tokens }: { id: number; tokens: number }) => {
    waiting.get(id)?.resolve(tokens);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  });
  // Whoever waits gets the estimate; the next large text starts a new thread.
  worker.on("error", () => {});
  worker.on("exit", () => {
    counter = undefined;
    for (const { resolve, estimate } of waiting.values()) resolve(estimate);
    waiting.clear();
  });
  return worker;
}
