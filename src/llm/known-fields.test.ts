/** The fields that the guard knows against those that the official clients declare: an update of a client may bring new ones. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { knownFields } from "./known-fields.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Members of an interface as its declaration has them, without those that become headers. */
function declared(file: string, name: string): string[] {
  const text = readFileSync(`${MODULES}/${file}`, "utf8");
  const from = text.indexOf(`export interface ${name} {`);
  assert.ok(from >= 0, name);
  const body = text.slice(from, text.indexOf("\n}", from));
  return [...body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*'?([\w-]+)'?\??:/gs)]
    .filter(([, comment]) => !comment.includes("Header param:"))
    .map(([, , field]) => field);
}

const DECLARED: readonly [path: string, file: string, name: string][] = [
  ["/chat/completions", "openai/resources/chat/completions/completions.d.ts", "ChatCompletionCreateParamsBase"],
  ["/completions", "openai/resources/completions.d.ts", "CompletionCreateParamsBase"],
  ["/responses", "openai/resources/responses/responses.d.ts", "ResponseCreateParamsBase"],
  ["/embeddings", "openai/resources/embeddings.d.ts", "EmbeddingCreateParams"],
  ["/messages", "@anthropic-ai/sdk/resources/messages/messages.d.ts", "MessageCreateParamsBase"],
];

for (const [path, file, name] of DECLARED)
  test(`${path}: every field of the official client is known`, () => {
    const fields = declared(file, name);
    assert.ok(fields.length >= 4, String(fields));
    assert.deepEqual(
      fields.filter((field) => knownFields(path)?.has(field) !== true),
      [],
    );
  });
