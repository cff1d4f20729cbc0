/** Conformance cases of the formats that are spoken for OpenAI's: stored pairs by each provider's own reference. Format: llm/README.md. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { ChunkWriter, completionOf } from "../../src/llm/formats/chat-answer.ts";
import { chatRequestOf } from "../../src/llm/formats/chat-request.ts";
import { embeddingsRequestOf } from "../../src/llm/formats/embeddings.ts";
import { openAiError } from "../../src/base/model-errors.ts";
import { BrokenAnswer, type ModelFormat, type ProviderCall, UnfitRequest } from "../../src/llm/formats/format.ts";
import { FORMATS, type FormatName } from "../../src/llm/formats/index.ts";
import { type Json, object, objects, text } from "../../src/llm/formats/json.ts";
import { StreamTranslator } from "../../src/llm/formats/stream.ts";
import { amazonEvent } from "../support/amazon-events.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly openai?: Json;
  readonly embeddings?: Json;
  readonly provider?: { readonly path: string; readonly headers?: Json; readonly body: Json };
  readonly refused?: string;
  readonly answer?: Json;
  readonly completion?: Json;
  readonly vectors?: readonly (readonly number[])[];
  readonly events?: readonly (Json | readonly [string, Json])[];
  readonly chunks?: readonly Json[];
  readonly broken?: string | null;
  readonly status?: number;
  readonly error?: Json;
  readonly told?: Json;
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "llm");
const ORIGIN = { id: "origin", model: "origin-model", created: 1_700_000_000 };

for (const name of readdirSync(FOLDER).filter((entry) => entry in FORMATS)) {
  const format: ModelFormat = FORMATS[name as FormatName];
  for (const file of readdirSync(join(FOLDER, name)))
    for (const stored of parse(readFileSync(join(FOLDER, name, file), "utf8")) as Case[])
      test(`${name}, ${file}: ${stored.name}`, () => check(format, stored));
}

test("every format has its cases", () => {
  for (const name of Object.keys(FORMATS)) assert.ok(readdirSync(join(FOLDER, name)).length >= 2, name);
});

function check(format: ModelFormat, stored: Case): void {
  assert.match(stored.source, /^https:\/\//);
  if (stored.openai !== undefined || stored.embeddings !== undefined) checkRequest(format, stored);
  if (stored.answer !== undefined) checkAnswer(format, stored, stored.answer);
  if (stored.events !== undefined) checkStream(format, stored, stored.events);
  if (stored.error !== undefined) {
    const { message, code } = format.error(stored.error);
    assert.deepEqual(openAiError(stored.status ?? 0, message, { code }).error, stored.told);
  }
}

function checkRequest(format: ModelFormat, { openai, embeddings, provider, refused }: Case): void {
  const call = (): ProviderCall | undefined => {
    if (openai !== undefined) return format.chat(chatRequestOf(openai, text(openai.model)));
    return embeddings && format.embeddings?.request(embeddingsRequestOf(embeddings, text(embeddings.model)));
  };
  if (refused !== undefined) {
    assert.throws(call, (error) => error instanceof UnfitRequest && error.param === refused);
    return;
  }
  const made = call();
  assert.ok(made && provider);
  // As it goes over the wire.
  assert.deepEqual(JSON.parse(JSON.stringify(made.body)), provider.body);
  assert.equal(made.query ? `${made.path}?${made.query}` : made.path, provider.path);
  if (provider.headers !== undefined) assert.deepEqual(made.headers, provider.headers);
}

function checkAnswer(format: ModelFormat, { completion, vectors, broken }: Case, answer: Json): void {
  if (vectors !== undefined) {
    assert.deepEqual(format.embeddings?.answer(answer).vectors, vectors);
  } else if (broken !== undefined) {
    assert.throws(
      () => format.answer(answer),
      (error) => error instanceof BrokenAnswer && error.code === broken,
    );
  } else {
    const { created, object: kind, ...rest } = completionOf(format.answer(answer), ORIGIN);
    assert.deepEqual([created, kind], [ORIGIN.created, "chat.completion"]);
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), completion);
  }
}

function checkStream(format: ModelFormat, stored: Case, events: NonNullable<Case["events"]>): void {
  const bytes = Buffer.concat(
    events.map((event) => {
      if (!Array.isArray(event)) return Buffer.from(`event: x\ndata: ${JSON.stringify(event)}\n\n`);
      const [name, payload] = event as [string, Json];
      if (name.startsWith("error:")) return amazonEvent(name.slice(6), payload, "error");
      return amazonEvent(name, payload, name.endsWith("Exception") ? "exception" : "event");
    }),
  );
  const includesUsage = object(stored.openai?.stream_options).include_usage === true;
  const whole = run(format, [bytes], includesUsage);
  assert.equal(
    run(
      format,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      includesUsage,
    ),
    whole,
  );
  const said = whole.split("\n\n").filter((line) => line !== "");
  assert.ok(said.every((line) => line.startsWith("data: ")));
  const last = said.pop()?.slice(6) ?? "";
  if (stored.broken === undefined) assert.equal(last, "[DONE]");
  else assert.equal(JSON.parse(last).error.code, stored.broken);
  const chunks = said.map((line) => JSON.parse(line.slice(6)));
  assert.deepEqual(chunks.map(brief), stored.chunks);
  for (const chunk of chunks)
    assert.deepEqual([chunk.object, chunk.created], ["chat.completion.chunk", ORIGIN.created]);
}

function run(format: ModelFormat, parts: readonly Uint8Array[], includesUsage: boolean): string {
  const translator = new StreamTranslator(format, new ChunkWriter(ORIGIN, includesUsage));
  const out = parts.map((part) => Buffer.from(translator.chunk(part)));
  return Buffer.concat([...out, translator.end()]).toString("utf8");
}

function brief(chunk: Json): Json {
  const [choice] = objects(chunk.choices);
  if (choice === undefined) return { usage: chunk.usage };
  const { delta, finish_reason } = choice;
  return finish_reason === null ? { delta } : { delta, finish_reason };
}
