import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../base/clock.ts";
import { SecretMask } from "../telemetry/secret-mask.ts";
import { RecordedTrace } from "../telemetry/trace-recorder.ts";
import { parseTrace, traceLines } from "./trace-view.ts";

const plain = { paint: (_: string, text: string) => text };

test("a recorded trace: sections, steps in columns, expressions with their results", () => {
  const clock = new ManualClock();
  const recorder = new RecordedTrace("0f8f", clock, 0, new SecretMask([]));
  clock.advance(1.5);
  recorder.add("inbound", "set-header", {
    expression: '@(\n  "a" + 1)',
    value: "a1",
    type: "System.String",
    file: "p.xml",
    line: 3,
    column: 4,
  });
  const step = { scope: "api", path: "choose[1]", file: "p.xml", durationMs: 0.25 };
  recorder.add("inbound", "set-header", { message: "set-header continued", outcome: "continued", line: 3, ...step });
  clock.advance(60_000);
  recorder.add("on-error", "trace", { message: "hello", severity: "error" });
  const parsed = parseTrace(recorder.toJson());
  assert.ok(parsed);
  assert.equal(
    traceLines(parsed, plain).join("\n"),
    `Trace 0f8f

inbound
  +1.500 ms  set-header                      p.xml:3
      @( "a" + 1)  ->  a1 (System.String)
  +1.500 ms  set-header  continued  0.25 ms  p.xml:3  api choose[1]

on-error
  +60001.500 ms  trace
      message: hello
      severity: error`,
  );
});

test("an exception in an expression, a refusal, nested data", () => {
  const data = { exception: "System.FormatException: no", expression: "x", lastError: { source: "a", reason: "b" } };
  const parsed = parseTrace(
    JSON.stringify({ traceId: "1", traceEntries: { inbound: [{ source: "s", elapsed: "00:00:00.0000001", data }] } }),
  );
  assert.ok(parsed);
  const painted: string[] = [];
  const lines = traceLines(parsed, {
    paint: (colour, text) => {
      painted.push(`${colour} ${text.trim().slice(0, 9)}`);
      return text;
    },
  });
  assert.ok(lines.includes("      x  ->  threw System.FormatException: no"));
  assert.ok(lines.includes('      lastError: {"source":"a","reason":"b"}'));
  assert.ok(painted.includes("red +0.000 ms"));
});

test("long values are cut unless all is asked for; the error never is; what is empty or said twice is left out", () => {
  const long = "x".repeat(300);
  const trace = parseTrace(
    JSON.stringify({
      traceId: "1",
      traceEntries: {
        "on-error": [
          { source: "a", elapsed: "", data: { request: { url: long }, inputs: {} } },
          { source: "b", elapsed: "", data: { expression: "f()", value: "(exception)", type: "int" } },
          { source: "c", elapsed: "", data: { lastError: { message: long } } },
        ],
      },
    }),
  );
  assert.ok(trace);
  const cut = traceLines(trace, plain).join("\n");
  assert.doesNotMatch(cut, /request: .*"}|inputs|exception/);
  assert.ok(cut.includes(`lastError: {"message":"${long}"}`));
  assert.ok(traceLines(trace, plain, true).join("\n").includes(`request: {"url":"${long}"}`));
});

test("what is no trace, and parts of other shapes than expected", () => {
  for (const text of ["", "null", "[]", "{}", '{"traceEntries":1}']) assert.equal(parseTrace(text), undefined);
  const odd = parseTrace('{"traceId":{"a":1},"traceEntries":{"x":[5,{"source":null,"data":"text"}],"y":"z"}}');
  assert.ok(odd);
  assert.ok(traceLines(odd, plain).includes("      message: text"));
});

test("a trace cannot steer the terminal", () => {
  const parsed = parseTrace(
    JSON.stringify({
      traceId: "\u001b[2J",
      traceEntries: { "\u0007": [{ source: "\u001b]0;x", elapsed: "", data: { "\u0000k": "\u009b" } }] },
    }),
  );
  assert.ok(parsed);
  assert.doesNotMatch(traceLines(parsed, plain).join("\n"), /(?!\n)\p{Cc}/u);
});
