import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceText } from "../base/source-text.ts";
import { emptySnapshot } from "./empty-snapshot.ts";
import { namedOrigins } from "./named-origins.ts";

function originsOf(text: string, values: Readonly<Record<string, string>> = {}): string[] {
  const namedValues = new Map(
    Object.entries(values).map(([name, value]) => [name, { id: name, name, value, isSecret: true }]),
  );
  const empty = emptySnapshot();
  const snapshot = { ...empty, namedValues, policy: { source: new SourceText(text, "policy.xml") } };
  return [...namedOrigins(snapshot)].filter((origin) => origin !== empty.settings.entra.authority).sort();
}

test("a host that is complete is named, alone or in an expression", () => {
  const cases: [text: string, origins: string[]][] = [
    ['<set-backend-service base-url="http://stock.internal:8081/v1" />', ["http://stock.internal:8081"]],
    ["<set-url>https://Token.Example/x?y</set-url>", ["https://token.example"]],
    ['<set-url>@("http://10.0.0.5/" + context.Variables["p"])</set-url>', ["http://10.0.0.5"]],
    ["<set-url>@(&quot;http://10.0.0.6&quot; + path)</set-url>", ["http://10.0.0.6"]],
    ['<set-url>@($"http://[fd00::1]:8080/{id}")</set-url>', ["http://[fd00::1]:8080"]],
    ['<a url="wss://events.internal/socket" />', ["https://events.internal"]],
    ["<set-url>http://0x7f.1:80/</set-url>", ["http://127.0.0.1"]],
  ];
  for (const [text, origins] of cases) assert.deepEqual(originsOf(text), origins, text);
});

test("what an expression completes, and what is commented out, is not", () => {
  const cases = [
    '<set-url>@($"http://{host}/x")</set-url>',
    '<set-url>@($"http://stock.{zone}/x")</set-url>',
    '<set-url>@($"http://stock.internal:{port}/x")</set-url>',
    '<set-url>@("http://" + host)</set-url>',
    "<!-- <set-url>http://10.0.0.5/</set-url> -->",
  ];
  for (const text of cases) assert.deepEqual(originsOf(text), [], text);
});

test("named values count, whole and as parts of a URL", () => {
  assert.deepEqual(originsOf("<set-url>http://{{host}}:{{port}}/x</set-url>", { host: "stock.internal", port: "81" }), [
    "http://stock.internal:81",
  ]);
  assert.deepEqual(originsOf("<set-url>{{base}}/x</set-url>", { base: "https://base.internal" }), [
    "https://base.internal",
  ]);
});
