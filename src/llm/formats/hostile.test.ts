import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { amazonEvent } from "../../../test/support/amazon-events.ts";
import { modelRequestOf } from "../model-request.ts";
import { usageOf } from "../usage.ts";
import { ChunkWriter, completionOf } from "./chat-answer.ts";
import { chatRequestOf } from "./chat-request.ts";
import { type AnswerWriter, BrokenAnswer, type ModelFormat, UnfitRequest } from "./format.ts";
import { FORMATS } from "./index.ts";
import type { Json } from "./json.ts";
import { ResponseWriter, repeated, responseOf } from "./responses-answer.ts";
import { responsesCall, responsesRequestOf } from "./responses-request.ts";
import { StreamTranslator } from "./stream.ts";

const ORIGIN = { id: "o", model: "m", created: 1 };
const formats: [string, ModelFormat][] = Object.entries(FORMATS);

/** Names that the formats look at, so that odd values stand where they are read. */
const NAMES = [
  ...["type", "role", "content", "text", "delta", "message", "choices", "candidates", "parts", "usage", "index", "id"],
  ...["tool_calls", "function", "arguments", "name", "output", "functionCall", "stop_reason", "finishReason", "error"],
  ...[
    "finish_reason",
    "stopReason",
    "content_block",
    "thinking",
    "usageMetadata",
    "model",
    "messages",
    "tools",
    "image_url",
  ],
  ...["input", "instructions", "call_id", "encrypted_content", "cache_control", "summary", "reasoning", "toolUse"],
  ...["tool_choice", "response_format", "stop", "constructor", "__proto__", "toString"],
];
const WORDS = ["text", "tool_use", "user", "assistant", "tool", "function", "constructor", "__proto__", "message-end"];
const leaf = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie("value")), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));
const body = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 8 })
  .map((entries): Json => JSON.parse(JSON.stringify(Object.fromEntries(entries))));

test("whatever a client writes is a request or is refused", () => {
  fc.assert(
    fc.property(body, (json) => {
      modelRequestOf(json, "/x");
      for (const [name, format] of formats) {
        for (const ask of [
          () => format.chat(chatRequestOf(json, "m")),
          () => [responsesCall(format, responsesRequestOf(json, "m")), repeated(json)],
        ]) {
          try {
            JSON.stringify(ask());
          } catch (error) {
            assert.ok(error instanceof UnfitRequest, `${name}: ${error}`);
          }
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

function streamed(format: ModelFormat, writer: AnswerWriter, bytes: readonly Uint8Array[]): string {
  const stream = new StreamTranslator(format, writer);
  const out = bytes.map((part) => stream.chunk(part));
  return Buffer.concat([...out, stream.end()]).toString("utf8");
}

const AMAZON_EVENTS = ["contentBlockStart", "contentBlockDelta", "messageStop", "metadata"];
const FINISHES = new Set(["stop", "length", "tool_calls", "content_filter"]);

test("whatever a provider writes is an answer or is broken; a stream never throws and never lies about its end", () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 4 }), (events) => {
      for (const [name, format] of formats) {
        for (const event of events) {
          usageOf(event);
          assert.equal(typeof format.error(event).message, "string");
          try {
            const { choices } = completionOf(format.answer(event), ORIGIN) as { choices: { finish_reason: string }[] };
            for (const { finish_reason } of choices) assert.ok(FINISHES.has(finish_reason), String(finish_reason));
            const { status } = responseOf(format.answer(event), ORIGIN, repeated({}));
            assert.ok(status === "completed" || status === "incomplete");
          } catch (error) {
            assert.ok(error instanceof BrokenAnswer, `${name}: ${error}`);
          }
        }
        const bytes = events.map((event, i) =>
          format.framing === "amazon"
            ? amazonEvent(AMAZON_EVENTS[i % AMAZON_EVENTS.length], event)
            : Buffer.from(`data: ${JSON.stringify(event)}\n\n`),
        );
        const chat = streamed(format, new ChunkWriter(ORIGIN, true), bytes);
        const isWhole = chat.endsWith("data: [DONE]\n\n");
        assert.equal(isWhole, /"finish_reason":"/.test(chat) && !chat.includes('data: {"error"'));
        const responses = streamed(format, new ResponseWriter(ORIGIN, repeated({})), bytes);
        const last = responses.trimEnd().split("\n\n").at(-1) ?? "";
        assert.match(last, isWhole ? /^event: response\.(completed|incomplete)\n/ : /^event: error\n/);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("bytes that are no stream at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const [, format] of formats) {
        const stream = new StreamTranslator(format, new ChunkWriter(ORIGIN, false));
        const text = Buffer.concat([stream.chunk(bytes), stream.end()]).toString("utf8");
        assert.match(text, /^data: \{"error"/);
      }
    }),
  );
});
