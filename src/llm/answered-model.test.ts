import assert from "node:assert/strict";
import { test } from "node:test";
import { answeredModelOf, isLastEvent } from "./answered-model.ts";

test("answers and events name their model", () => {
  assert.equal(answeredModelOf({ model: "gpt-4o-2024-08-06", choices: [] }), "gpt-4o-2024-08-06");
  assert.equal(answeredModelOf({ type: "message_start", message: { model: "claude-sonnet-4" } }), "claude-sonnet-4");
  assert.equal(answeredModelOf({ type: "response.created", response: { model: "gpt-5" } }), "gpt-5");
  assert.equal(answeredModelOf({ modelVersion: "gemini-2.0-flash-001" }), "gemini-2.0-flash-001");
  for (const other of [undefined, null, "model", [], {}, { model: 4 }, { model: "" }])
    assert.equal(answeredModelOf(other), undefined);
  assert.equal(answeredModelOf({ model: "x".repeat(9_999) })?.length, 200);
});

test("the last event of a stream says so", () => {
  assert.equal(isLastEvent({ type: "message_stop" }), true);
  assert.equal(isLastEvent({ type: "response.completed", response: {} }), true);
  assert.equal(isLastEvent({ type: "message_delta" }), false);
  assert.equal(isLastEvent("message_stop"), false);
});
