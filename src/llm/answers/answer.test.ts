import assert from "node:assert/strict";
import { test } from "node:test";
import { answerApiOf, answerIn } from "./answer.ts";

type Json = Record<string, unknown>;
const bytes = (text: string) => Buffer.from(text);
const events = (...data: (object | string)[]) =>
  bytes(data.map((d) => `data: ${typeof d === "string" ? d : JSON.stringify(d)}\n\n`).join(""));
const apiOf = (path: string) => answerApiOf(path) ?? assert.fail(path);

const CHAT = apiOf("/openai/deployments/gpt-4o/chat/completions");
const MESSAGES = apiOf("/v1/messages");
const RESPONSES = apiOf("/v1/responses");

const TEXT = `Grüße, ${"wörld 😀 ".repeat(60)}`;
const WHOLE: readonly [typeof CHAT, Json][] = [
  [
    CHAT,
    {
      id: "c1",
      object: "chat.completion",
      created: 1,
      model: "gpt-4o",
      choices: [{ index: 0, message: { role: "assistant", content: TEXT }, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    },
  ],
  [
    MESSAGES,
    {
      id: "m1",
      type: "message",
      role: "assistant",
      model: "claude",
      content: [{ type: "text", text: TEXT }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    },
  ],
  [
    RESPONSES,
    {
      id: "r1",
      object: "response",
      status: "completed",
      error: null,
      output: [
        {
          id: "o1",
          type: "message",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: TEXT, annotations: [] }],
        },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
    },
  ],
];

test("an answer made a stream is, put together again, the same answer", () => {
  for (const [api, answer] of WHOLE) {
    assert.deepEqual(answerIn(api, bytes(JSON.stringify(answer)), false), answer);
    const prompt = { messages: [], frame: "", isStream: true, includesUsage: true };
    const stream = api.events(answer, prompt);
    assert.deepEqual(answerIn(api, bytes(stream), true), answer);
    assert.ok(stream.split("\n\n").length > 8);
    // Cut before its end, it is none.
    const cut = stream.slice(0, stream.trimEnd().lastIndexOf("\n\n") + 2);
    assert.equal(answerIn(api, bytes(cut), true), undefined);
    assert.equal(answerIn(api, bytes(JSON.stringify(answer).slice(0, -1)), false), undefined);
  }
  const silent = CHAT.events(WHOLE[0][1], { messages: [], frame: "", isStream: true, includesUsage: false });
  assert.doesNotMatch(silent, /usage/);
  assert.match(silent, /data: \[DONE\]\n\n$/);
});

const choice = (more: Json) => ({ choices: [{ index: 0, message: { role: "assistant", content: "x" }, ...more }] });
test("nothing but whole, successful answers that want nothing done", () => {
  const refused: [typeof CHAT, Json][] = [
    [CHAT, choice({ finish_reason: "length" })],
    [CHAT, choice({ finish_reason: "content_filter" })],
    [CHAT, choice({ finish_reason: "tool_calls" })],
    [CHAT, choice({ finish_reason: "stop", message: { role: "assistant", content: "x", tool_calls: [{}] } })],
    [CHAT, choice({ finish_reason: "stop", message: { role: "assistant", content: null, refusal: "no" } })],
    [CHAT, { ...choice({ finish_reason: "stop" }), error: { message: "x" } }],
    [CHAT, { choices: [] }],
    [MESSAGES, { ...WHOLE[1][1], stop_reason: "max_tokens" }],
    [MESSAGES, { ...WHOLE[1][1], stop_reason: "refusal" }],
    [MESSAGES, { ...WHOLE[1][1], content: [{ type: "tool_use", id: "t", name: "n", input: {} }] }],
    [RESPONSES, { ...WHOLE[2][1], status: "incomplete" }],
    [RESPONSES, { ...WHOLE[2][1], output: [{ type: "function_call", name: "n", arguments: "{}" }] }],
  ];
  for (const [api, answer] of refused)
    assert.equal(answerIn(api, bytes(JSON.stringify(answer)), false), undefined, JSON.stringify(answer));
  assert.ok(answerIn(CHAT, bytes(JSON.stringify(choice({ finish_reason: "stop" }))), false));
});

test("streams that fail, or call tools, are no answers", () => {
  const chunk = (delta: Json, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const said = chunk({ role: "assistant", content: "Hi" });
  assert.ok(answerIn(CHAT, events(said, chunk({}, "stop"), "[DONE]"), true));
  for (const broken of [
    events(said, "[DONE]"),
    events(said, chunk({}, "stop")),
    events(said, { error: { message: "overloaded" } }, chunk({}, "stop"), "[DONE]"),
    events(said, chunk({ tool_calls: [{ index: 0 }] }), chunk({}, "stop"), "[DONE]"),
    events(said, "{", "[DONE]"),
    events("[DONE]"),
  ])
    assert.equal(answerIn(CHAT, broken, true), undefined);
  const start = { type: "message_start", message: WHOLE[1][1] };
  assert.equal(
    answerIn(MESSAGES, events(start, { type: "error", error: {} }, { type: "message_stop" }), true),
    undefined,
  );
});

test("prompts whose answers are for them alone", () => {
  const user = { role: "user", content: "Hi" };
  assert.ok(CHAT.prompt({ model: "m", messages: [user] }));
  assert.ok(CHAT.prompt({ messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] }));
  assert.ok(MESSAGES.prompt({ system: [{ type: "text", text: "Be kind" }], messages: [user] }));
  assert.ok(RESPONSES.prompt({ input: "Hi" }));
  for (const [api, body] of [
    [CHAT, {}],
    [CHAT, { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] }],
    [CHAT, { messages: [user, { role: "assistant", content: "", tool_calls: [] }] }],
    [CHAT, { messages: [user, { role: "tool", content: "21 degrees" }] }],
    [CHAT, { messages: [user], web_search_options: {} }],
    [MESSAGES, { messages: [{ role: "user", content: [{ type: "tool_result", content: "x" }] }] }],
    [RESPONSES, { input: "Hi", previous_response_id: "r" }],
    [RESPONSES, { input: [{ type: "function_call_output", output: "x" }] }],
  ] as const)
    assert.equal(api.prompt(body), undefined, JSON.stringify(body));
});

test("what is asked beside the messages frames the answer; how it is sent does not", () => {
  const frame = (more: Json) =>
    CHAT.prompt({ model: "m", messages: [{ role: "user", content: "Hi" }], ...more })?.frame;
  assert.equal(frame({ stream: true, stream_options: { include_usage: true }, user: "u" }), frame({}));
  assert.equal(frame({ temperature: 0, n: 2 }), frame({ n: 2, temperature: 0 }));
  for (const more of [
    { temperature: 1 },
    { tools: [{}] },
    { response_format: { type: "json_object" } },
    { model: "n" },
  ])
    assert.notEqual(frame(more), frame({}));
});
