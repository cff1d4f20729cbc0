import assert from "node:assert/strict";
import { test } from "node:test";
import { RESPONSES } from "../answers/responses.ts";
import { anthropic } from "./anthropic.ts";
import { UnfitRequest } from "./format.ts";
import { gemini } from "./gemini.ts";
import type { Json } from "./json.ts";
import { mistral } from "./mistral.ts";
import { ResponseWriter, repeated, responseOf } from "./responses-answer.ts";
import { responsesCall, responsesRequestOf } from "./responses-request.ts";
import { StreamTranslator } from "./stream.ts";

const ORIGIN = { id: "x", model: "m", created: 1_700_000_000 };
const IMAGE = { type: "input_image", image_url: "data:image/png;base64,aGk=" };
const PNG = "data:image/png;base64,aGk=";

test("items of a conversation become turns", () => {
  const { instructions, turns } = responsesRequestOf(
    {
      instructions: "Be brief.",
      input: [
        { role: "developer", content: [{ type: "input_text", text: "Be kind." }] },
        {
          role: "user",
          content: [
            { type: "input_text", text: "Look" },
            { type: "input_image", image_url: PNG },
          ],
        },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "signature:abc" },
        { type: "function_call", call_id: "c1", name: "look", arguments: '{"at":1}' },
        { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "what OpenAI wrote" },
        { type: "function_call", call_id: "c2", name: "look", arguments: "" },
        { type: "function_call_output", call_id: "c1", output: "a" },
        { type: "function_call_output", call_id: "c2", output: [{ type: "input_text", text: "b" }, IMAGE] },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "I see.", annotations: [] }] },
      ],
    },
    "m",
  );
  assert.deepEqual(instructions, ["Be brief.", "Be kind."]);
  assert.deepEqual(turns, [
    {
      role: "user",
      parts: [
        { kind: "text", text: "Look" },
        { kind: "data", mediaType: "image/png", data: "aGk=", name: undefined },
      ],
    },
    {
      role: "assistant",
      parts: [
        { kind: "call", id: "c1", name: "look", input: { at: 1 }, signature: "abc" },
        { kind: "call", id: "c2", name: "look", input: {}, signature: undefined },
      ],
    },
    {
      role: "user",
      parts: [
        { kind: "result", id: "c1", text: "a", media: [] },
        {
          kind: "result",
          id: "c2",
          text: "b",
          media: [{ kind: "data", mediaType: "image/png", data: "aGk=", name: undefined }],
        },
      ],
    },
    { role: "assistant", parts: [{ kind: "text", text: "I see." }] },
  ]);
});

test("settings, tools and the form of the answer", () => {
  const tool = { type: "function", name: "look", parameters: { type: "object" }, strict: true };
  const call = responsesCall(
    mistral,
    responsesRequestOf(
      {
        input: "Hi",
        max_output_tokens: 5,
        temperature: 0.5,
        tools: [tool, { ...tool, name: "hear" }],
        tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "hear" }] },
        text: { format: { type: "json_schema", name: "a", schema: { type: "object" }, strict: true } },
        stream: true,
      },
      "m",
    ),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(call.body)), {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    tools: [{ type: "function", function: { name: "hear", parameters: { type: "object" } } }],
    tool_choice: "any",
    max_tokens: 5,
    temperature: 0.5,
    response_format: {
      type: "json_schema",
      json_schema: { name: "a", schema: { type: "object" }, strict: true },
    },
    stream: true,
  });
});

test("what cannot be served is refused, by the name that the caller gave it", () => {
  const image = { role: "user", content: [{ type: "input_image", image_url: "https://example.org/a.png" }] };
  const cases: [string, Json][] = [
    ["store", { input: "x", store: true }],
    ["previous_response_id", { input: "x", previous_response_id: "resp_1" }],
    ["conversation", { input: "x", conversation: "conv_1" }],
    ["background", { input: "x", background: true }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["top_logprobs", { input: "x", top_logprobs: 2 }],
    ["moderation", { input: "x", moderation: { input: {} } }],
    ["tools", { input: "x", tools: [{ type: "web_search" }] }],
    ["tool_choice", { input: "x", tool_choice: { type: "file_search" } }],
    ["input", {}],
    ["input[0].type", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["input[0].role", { input: [{ role: "tool", content: "x" }] }],
    ["input[0].content[0]", { input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] }],
    ["input[0].arguments", { input: [{ type: "function_call", call_id: "c", name: "n", arguments: "[1" }] }],
    ["input[0].output[0]", { input: [{ type: "function_call_output", output: [{ type: "input_image" }] }] }],
    ["input", { input: [image] }],
  ];
  for (const [param, body] of cases)
    assert.throws(
      () => responsesCall(gemini, responsesRequestOf(body, "m")),
      (error) => error instanceof UnfitRequest && error.param === param,
      param,
    );
  assert.throws(
    () => responsesCall(anthropic, responsesRequestOf({ input: "x", text: { format: { type: "json_object" } } }, "m")),
    (error) => error instanceof UnfitRequest && error.param === "text.format",
  );
});

const SIGNED = {
  responseId: "r",
  candidates: [
    {
      content: {
        parts: [
          { text: "Hm", thought: true },
          { text: "Wait." },
          { functionCall: { name: "look", args: { at: 1 } }, thoughtSignature: "abc" },
          { functionCall: { name: "hear", args: {} } },
        ],
      },
      finishReason: "STOP",
    },
  ],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5, cachedContentTokenCount: 2 },
};

test("an answer of thoughts, text and signed calls", () => {
  const response = responseOf(gemini.answer(SIGNED), ORIGIN, repeated({ metadata: { a: "b" } }));
  assert.deepEqual(response.output, [
    { id: "rs_x_0", type: "reasoning", summary: [{ type: "summary_text", text: "Hm" }] },
    {
      id: "msg_x_1",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", annotations: [], logprobs: [], text: "Wait." }],
    },
    { id: "rs_x_2", type: "reasoning", summary: [], encrypted_content: "signature:abc" },
    {
      id: "fc_x_3",
      type: "function_call",
      status: "completed",
      arguments: '{"at":1}',
      call_id: "call_r_0",
      name: "look",
    },
    { id: "fc_x_4", type: "function_call", status: "completed", arguments: "{}", call_id: "call_r_1", name: "hear" },
  ]);
  assert.deepEqual(response.usage, {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 2 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 5 },
    total_tokens: 12,
  });
  assert.deepEqual(
    [response.id, response.status, response.error, response.store, response.metadata],
    ["resp_x", "completed", null, false, { a: "b" }],
  );
});

function streamed(...events: Json[]): { type: string; [name: string]: unknown }[] {
  const translator = new StreamTranslator(gemini, new ResponseWriter(ORIGIN, repeated({})));
  const parts = events.map((event) => translator.chunk(Buffer.from(`data: ${JSON.stringify(event)}\n\n`)));
  const text = Buffer.concat([...parts, translator.end()]).toString("utf8");
  return text
    .trimEnd()
    .split("\n\n")
    .map((event) => {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
      const parsed = JSON.parse(data);
      assert.equal(parsed.type, name);
      return parsed;
    });
}

function lastOf(events: readonly Json[]): Json {
  return events[events.length - 1].response as Json;
}

test("a stream says item by item what the whole answer says", () => {
  const events = streamed(SIGNED);
  assert.deepEqual(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, i) => i),
  );
  assert.deepEqual(
    events.map(({ type, output_index }) => [type.replace(/^response\./, ""), output_index]),
    [
      ["created", undefined],
      ["in_progress", undefined],
      ["output_item.added", 0],
      ["reasoning_summary_part.added", 0],
      ["reasoning_summary_text.delta", 0],
      ["reasoning_summary_text.done", 0],
      ["reasoning_summary_part.done", 0],
      ["output_item.done", 0],
      ["output_item.added", 1],
      ["content_part.added", 1],
      ["output_text.delta", 1],
      ["output_text.done", 1],
      ["content_part.done", 1],
      ["output_item.done", 1],
      ["output_item.added", 2],
      ["output_item.done", 2],
      ["output_item.added", 3],
      ["function_call_arguments.delta", 3],
      ["output_item.added", 4],
      ["function_call_arguments.delta", 4],
      ["function_call_arguments.done", 3],
      ["output_item.done", 3],
      ["function_call_arguments.done", 4],
      ["output_item.done", 4],
      ["completed", undefined],
    ],
  );
  const whole = responseOf(gemini.answer(SIGNED), ORIGIN, repeated({}));
  assert.deepEqual(lastOf(events).output, whole.output);
  assert.deepEqual(lastOf(events).usage, whole.usage);
});

test("streams that end too soon are incomplete or failed, never completed", () => {
  const cut = { candidates: [{ content: { parts: [{ text: "Hel" }] }, finishReason: "MAX_TOKENS" }] };
  const last = lastOf(streamed(cut));
  assert.equal(last.status, "incomplete");
  assert.deepEqual(last.incomplete_details, { reason: "max_output_tokens" });
  const blocked = lastOf(streamed({ promptFeedback: { blockReason: "SAFETY" } }));
  assert.deepEqual(blocked.incomplete_details, { reason: "content_filter" });
  const broken = streamed({ candidates: [{ content: { parts: [{ text: "Hel" }] } }] });
  assert.deepEqual(
    broken.slice(-2).map(({ type }) => type),
    ["response.failed", "error"],
  );
  assert.equal(broken.at(-1)?.code, "incomplete_stream");
});

test("the semantic cache takes what is made for what OpenAI makes", () => {
  const said = { candidates: [{ content: { parts: [{ text: "Hello" }] }, finishReason: "STOP" }] };
  const whole = responseOf(gemini.answer(said), ORIGIN, repeated({}));
  assert.equal(RESPONSES.isWhole(whole), true);
  const assembly = RESPONSES.assembly();
  for (const event of streamed(said)) assembly.event(JSON.stringify(event));
  assert.deepEqual(assembly.answer(), whole);
});
