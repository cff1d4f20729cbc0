import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../test/support/run-policy.ts";
import type { TraceRecorder } from "../telemetry/trace.ts";

type Entry = [section: string, source: string, data: Record<string, unknown>];

/** Runs a policy with a trace and gives its entries. */
async function traced(xml: string, headers: Record<string, string> = {}): Promise<Entry[]> {
  const entries: Entry[] = [];
  const trace: TraceRecorder = {
    add: (section, source, data) => entries.push([section, source, data as Record<string, unknown>]),
    hide: () => undefined,
  };
  await run(xml, { trace, context: { request: { headers } } });
  return entries;
}

test("an expression shows its code, what it read, its result and its place", async () => {
  const entries = await traced(
    '<set-variable name="v" value="@(context.Request.Headers.GetValueOrDefault("X-A", "-") + context.Request.MatchedParameters["id"])" />',
    { "X-A": "one" },
  );
  const [section, source, data] = entries[0];
  assert.deepEqual(
    [section, source, data.value, data.type, data.line],
    ["inbound", "set-variable", "one42", "string", 1],
  );
  assert.deepEqual(data.inputs, { 'Request.Headers["X-A"]': "one", 'Request.MatchedParameters["id"]': "42" });
});

test("every step shows outcome, scope and line, nested ones with their path", async () => {
  const entries = await traced(
    '<choose><when condition="true"><set-variable name="a" value="1" /></when></choose><return-response />',
  );
  const steps = entries.map(([, source, data]) => [source, data.path, data.outcome, data.scope]);
  assert.deepEqual(steps, [
    ["set-variable", "choose[1]/when", "continued", "operation"],
    ["choose", "", "continued", "operation"],
    ["return-response", "", "responded", "operation"],
  ]);
});

test("credentials show neither as input nor in the result", async () => {
  const entries = await traced(
    '<set-variable name="v" value="@("got " + context.Request.Headers.GetValueOrDefault("Authorization", "").Split(\' \').Last())" />',
    { Authorization: "Bearer very-secret-token" },
  );
  assert.doesNotMatch(JSON.stringify(entries), /very-secret/);
  assert.equal(entries[0][2].value, "got ***");
});

test("an exception shows with its place", async () => {
  const entries = await traced('<set-variable name="v" value="@(int.Parse(context.Request.Method))" />');
  const exception = entries.find(([, , data]) => "exception" in data);
  assert.match(String(exception?.[2].exception), /^System\.FormatException: The input string 'POST'/);
});
