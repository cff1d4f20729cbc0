import assert from "node:assert/strict";
import { test } from "node:test";
import { api, operation, policy, product, snapshot } from "../../test/support/snapshot.ts";
import { SourceText } from "../base/source-text.ts";
import { policies } from "../policies/index.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import { checkDocument, loadProgram } from "./load.ts";

/** Warnings of a configuration: code and the text they point at. */
function warnings(configuration: Snapshot): string[] {
  const { diagnostics, program } = loadProgram(configuration, policies, { warn: true });
  assert.ok(program, JSON.stringify(diagnostics));
  assert.deepEqual(loadProgram(configuration, policies).diagnostics, [], "only on demand");
  return diagnostics.map((d) => `${d.code} ${/"(\w+)"/.exec(d.message)?.[1] ?? ""}`.trim());
}

const inbound = (text: string) => policy({ inbound: `<base />${text}` });
const set = (name: string) => `<set-variable name="${name}" value="1" />`;
const value = (code: string) => `<set-variable name="_" value="@(${code.replaceAll('"', "&quot;")})" />`;
const block = (code: string) => `<set-variable name="_" value='@{ ${code} }' />`;
const read = (name: string) => value(`(string)context.Variables["${name}"]`);
const header = (code: string) => `<set-header name="X" exists-action="override"><value>@(${code})</value></set-header>`;

function inOneApi(text: string, more: Partial<Snapshot> = {}): Snapshot {
  return snapshot({ apis: [api("a", { operations: [operation("GET", "/")], policy: inbound(text) })], ...more });
}

test("SW3101: a variable that nothing sets", () => {
  assert.deepEqual(warnings(inOneApi(read("x"))), ["SW3101 x"]);
  assert.deepEqual(warnings(inOneApi(set("x") + read("x"))), []);
  assert.deepEqual(warnings(inOneApi(set("X") + read("x"))), ["SW3101 x"]);
  assert.deepEqual(warnings(inOneApi(`<cache-lookup-value key="k" variable-name="x" />${read("x")}`)), []);
});

test("SW3101: what may be set by another document of the same request is known", () => {
  const reads = { policy: inbound(read("x")) };
  const sets = { policy: inbound(set("x")) };
  const get = (more = {}) => operation("GET", "/", more);
  const apis = (...all: Parameters<typeof api>[1][]) => all.map((more, i) => api(`a${i}`, more));
  assert.deepEqual(warnings(snapshot({ ...sets, apis: apis({ ...reads }) })), [], "global");
  assert.deepEqual(
    warnings(snapshot({ ...reads, apis: apis({ operations: [get(sets)] }) })),
    [],
    "read later in global",
  );
  assert.deepEqual(warnings(snapshot({ apis: apis({ ...sets, operations: [get(reads)] }) })), [], "its API");
  assert.deepEqual(warnings(snapshot({ apis: apis(sets, reads) })), ["SW3101 x"], "another API");
  const siblings = [get(sets), operation("PUT", "/", reads)];
  assert.deepEqual(warnings(snapshot({ apis: apis({ operations: siblings }) })), ["SW3101 x"], "another operation");
  const products = new Map([["p", product("p", ["a0"], sets)]]);
  assert.deepEqual(warnings(snapshot({ products, apis: apis(reads) })), [], "a product");
  const source = new SourceText(`<fragment>${set("x")}</fragment>`, "f.xml");
  const fragments = new Map([["f", { id: "f", source }]]);
  assert.deepEqual(warnings(inOneApi(`<include-fragment fragment-id="f" />${read("x")}`, { fragments })), []);
});

test("SW3101: no word where the author is careful, or names cannot be told", () => {
  const careful = [
    value('context.Variables.ContainsKey("x") ? (string)context.Variables["x"] : ""'),
    value('context.Variables.GetValueOrDefault("x", "") == "" ? "" : (string)context.Variables["x"]'),
    value("context.Variables.Count") + read("x"),
    block('try { return context.Variables["x"]; } catch { return ""; }'),
  ];
  for (const text of careful) assert.deepEqual(warnings(inOneApi(text)), [], text);
  assert.deepEqual(
    checkDocument(new SourceText(`<policies><inbound>${read("x")}</inbound></policies>`), policies),
    [],
    "a document alone may stand under others",
  );
});

test("SW3102: a body that is read after it was used up", () => {
  const body = "context.Request.Body.As<string>(";
  const keep = `${body}preserveContent: true)`;
  const twice = [
    `return ${body}) + ${body});`,
    `return ${body}) + ${keep};`,
    `var a = ${body}); if (a == "") { return ${body}); } return a;`,
    `if (${body}) == "") { throw new Exception(); } return ${body});`,
    `var a = ${body}); return new[] { 1 }.Select(x => ${body})).First();`,
    `return ${body}) ?? ${body});`,
  ];
  for (const code of twice) assert.deepEqual(warnings(inOneApi(block(escaped(code)))), ["SW3102"], code);
  const fine = [
    `return ${keep} + ${body});`,
    `return ${body}) + context.Response.Body.As<string>();`,
    `return context.Request.Method == "GET" ? ${body}) : ${body});`,
    `if (context.Request.Method == "GET") { return ${body}); } return ${body});`,
    `var a = ""; foreach (var c in new[] { 1, 2 }) { if (c == 1) a = ${body}); } return a + ${body});`,
    `try { return ${body}); } catch { return ${body}); }`,
    `switch (context.Request.Method) { case "GET": return ${body}); default: return ${body}); }`,
  ];
  for (const code of fine) assert.deepEqual(warnings(inOneApi(block(escaped(code)))), [], code);
});

function escaped(code: string): string {
  return code.replaceAll("'", "&apos;");
}

test("SW3103: a date without a format, where it matters", () => {
  for (const code of [
    "DateTime.UtcNow",
    "DateTime.UtcNow.ToString()",
    '"at " + DateTimeOffset.UtcNow',
    '$"at {DateTime.UtcNow}"',
    'context.Request.Method == "GET" ? DateTime.UtcNow.ToString() : ""',
  ])
    assert.deepEqual(warnings(inOneApi(header(code))), ["SW3103"], code);
  for (const code of [
    'DateTime.UtcNow.ToString("o")',
    '$"at {DateTime.UtcNow:R}"',
    "DateTime.UtcNow.Year.ToString()",
    "(DateTime.UtcNow - DateTime.UtcNow).ToString()",
    "1.5.ToString()",
  ])
    assert.deepEqual(warnings(inOneApi(header(code))), [], code);
  assert.deepEqual(warnings(inOneApi(value("DateTime.UtcNow.ToString()"))), [], "a variable is for people or C#");
});

test("what a named value makes constant is meant", () => {
  const named = { id: "on", name: "on", value: "yes", isSecret: false };
  const choose = '<choose><when condition="@(&quot;{{on}}&quot; == &quot;yes&quot;)" /></choose>';
  assert.deepEqual(warnings(inOneApi(choose, { namedValues: new Map([["on", named]]) })), []);
  assert.deepEqual(warnings(inOneApi(choose.replace("{{on}}", "no"))), ["SW3003"]);
  assert.deepEqual(checkDocument(new SourceText(choose), policies), []);
});

test("places and hints; a comment before an element silences", () => {
  const wrong = '<set-variable name="a" value=\'@(context.Variables["b"] == "x")\' />';
  const [diagnostic, ...rest] = checkDocument(new SourceText(`<fragment>\n  ${wrong}\n</fragment>`, "f.xml"), policies);
  assert.deepEqual(rest, []);
  const { code, severity, file, line, column, hint } = diagnostic;
  assert.deepEqual([code, severity, file, line, column], ["SW3001", "warning", "f.xml", 2, 35]);
  assert.match(hint ?? "", /\(string\)a == \(string\)b/);
  const codes = (text: string) => checkDocument(new SourceText(text), policies).map((d) => d.code);
  assert.deepEqual(codes(`<fragment><!-- sallyport-disable SW3002, SW3001: known -->${wrong}</fragment>`), []);
  assert.deepEqual(codes(`<!-- sallyport-disable SW3001 --><fragment>${wrong}</fragment>`), []);
  assert.deepEqual(codes(`<fragment><!-- sallyport-disable SW3002 -->${wrong}</fragment>`), ["SW3001"]);
  assert.deepEqual(codes(`<fragment><!-- sallyport-disable SW3001 -->${wrong}${wrong}</fragment>`), ["SW3001"]);
});

test("SW3104: an expression amid text", () => {
  const text = (value: string) => `<set-header name="X" exists-action="override"><value>${value}</value></set-header>`;
  assert.deepEqual(warnings(inOneApi(text("id-@(context.Api.Id)"))), ["SW3104"]);
  assert.deepEqual(warnings(inOneApi('<rewrite-uri template="/a/@{ return context.Api.Id; }" />')), ["SW3104"]);
  assert.deepEqual(
    warnings(inOneApi(text('@("id-" + context.Api.Id)') + text("a@(b) context.") + text("me@contoso.com"))),
    [],
  );
  assert.deepEqual(warnings(inOneApi(`<!-- sallyport-disable SW3104: docs -->${text("write @(context.Api.Id)")}`)), []);
});
