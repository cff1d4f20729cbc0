/**
 * What is measured: C# as policies have it, and JavaScript that a careful programmer would write for the same over the same exchange, with
 * the checks that the C# code makes (a variable that is missing, a cast that fails).
 */
import { parseJsonObject } from "../../src/csharp/library/json-loading.ts";
import { List } from "../../src/csharp/library/list.ts";
import { Box, CsArray } from "../../src/csharp/runtime/values.ts";
import { type } from "../../src/csharp/types.ts";
import { stubContext } from "../../src/engine/context/stub.ts";

export type Context = ReturnType<typeof stubContext>;

export interface Row {
  readonly name: string;
  readonly kind: "expr" | "block";
  readonly code: string;
  /** The same by hand. */
  readonly hand: (context: Context) => unknown;
}

const INT = type("System.Int32");
const NUMBERS = Array.from({ length: 100 }, (_, i) => i * 7);

export function benchContext(): Context {
  const context = stubContext({
    request: { headers: { "X-Id": "abc" }, body: { model: "gpt-4o", usage: { total: 21 } } },
  });
  const { variables } = context;
  for (const [name, value] of Object.entries({ x: "y", token: "t0k3n", a: "user", b: "secret" }))
    variables.set(name, value);
  variables.set("s", "the quick brown fox jumps over the lazy dog, ".repeat(3).slice(0, 108));
  variables.set("n", new Box(INT, 41));
  variables.set("arr", new CsArray(INT, [...NUMBERS]));
  variables.set("list", new List(INT, [...NUMBERS]));
  variables.set("json", parseJsonObject('{"model":"gpt-4o","usage":{"total":21}}'));
  return context;
}

// ---- What JavaScript by hand needs of the exchange

function variable(context: Context, name: string): unknown {
  const value = context.variables.map.get(name);
  if (value === undefined) throw new Error(`no variable ${name}`);
  return value;
}

function text(context: Context, name: string): string {
  const value = variable(context, name);
  if (typeof value !== "string") throw new TypeError(`${name} is no string`);
  return value;
}

function integer(context: Context, name: string): number {
  const value = variable(context, name);
  if (!(value instanceof Box) || value.type !== INT) throw new TypeError(`${name} is no int`);
  return value.value as number;
}

function items(context: Context, name: string): number[] {
  const value = variable(context, name);
  if (value instanceof CsArray || value instanceof List) return value.items as number[];
  throw new TypeError(`${name} is no collection`);
}

function json(context: Context, name: string): { getItem(key: unknown): never } {
  return variable(context, name) as never;
}

function status(context: Context): number {
  if (context.response === null) throw new Error("no response");
  return context.response.status;
}

function hash(s: string): number {
  let h = 17;
  for (let i = 0; i < s.length; i++) h = (Math.imul(h, 31) + s.charCodeAt(i)) | 0;
  return h;
}

function fillAndFold(): number {
  const a = new Array<number>(100).fill(0);
  for (let i = 0; i < a.length; i++) a[i] = Math.imul(i, i);
  let n = 0;
  for (const x of a) n ^= x;
  return n;
}

function sumEven(list: readonly number[]): number {
  let n = 0;
  for (const x of list) if (x % 2 === 0) n = (n + x) | 0;
  return n;
}

function sum(list: readonly number[]): number {
  let n = 0;
  for (let i = 0; i < list.length; i++) n = (n + list[i]) | 0;
  return n;
}

export const rows: readonly Row[] = [
  {
    name: "a header or a default",
    kind: "expr",
    code: 'context.Request.Headers.GetValueOrDefault("X-Id", "none")',
    hand: (c) => c.request.headers.joined("X-Id") ?? "none",
  },
  {
    name: "a variable compared with a text",
    kind: "expr",
    code: '(string)context.Variables["x"] == "y"',
    hand: (c) => text(c, "x") === "y",
  },
  {
    name: "a range of status codes",
    kind: "expr",
    code: "context.Response.StatusCode >= 500 && context.Response.StatusCode < 600",
    hand: (c) => status(c) >= 500 && status(c) < 600,
  },
  {
    name: "a text before a variable",
    kind: "expr",
    code: '"Bearer " + (string)context.Variables["token"]',
    hand: (c) => `Bearer ${text(c, "token")}`,
  },
  {
    name: "an int variable and one",
    kind: "expr",
    code: 'context.Variables.GetValueOrDefault<int>("n") + 1',
    hand: (c) => (integer(c, "n") + 1) | 0,
  },
  {
    name: "an interpolated text",
    kind: "expr",
    code: '$"{context.Api.Name}-{context.Operation.Id}:{context.Response.StatusCode}"',
    hand: (c) => `${c.route.api.name}-${c.route.operation.id}:${status(c)}`,
  },
  {
    name: "the last segment of the path",
    kind: "expr",
    code: "context.Request.Url.Path.Split('/').Last().ToLower()",
    hand: (c) => c.request.url.path.split("/").at(-1)?.toLowerCase(),
  },
  {
    name: "any group of that name",
    kind: "expr",
    code: 'context.User.Groups.Any(g => g.Name == "Admins")',
    hand: (c) => c.route.user?.groups.some((id) => (c.snapshot.groups.get(id)?.name ?? id) === "Admins"),
  },
  {
    name: "a number in JSON",
    kind: "expr",
    code: '(int)((JObject)context.Variables["json"])["usage"]["total"] * 2',
    hand: (c) => Math.imul(Number((json(c, "json").getItem("usage") as Token).getItem("total").raw), 2),
  },
  {
    name: "a text in JSON, or another",
    kind: "expr",
    code: '((JObject)context.Variables["json"])?["model"]?.ToString() ?? "none"',
    hand: (c) => String((json(c, "json").getItem("model") as Token | null)?.raw ?? "none"),
  },
  {
    name: "Base64 of two texts",
    kind: "expr",
    code: 'Convert.ToBase64String(Encoding.UTF8.GetBytes((string)context.Variables["a"] + ":" + (string)context.Variables["b"]))',
    hand: (c) => Buffer.from(`${text(c, "a")}:${text(c, "b")}`, "utf8").toString("base64"),
  },
  {
    name: "a hash of 108 chars",
    kind: "block",
    code: 'int h = 17; var s = (string)context.Variables["s"]; for (int i = 0; i < s.Length; i++) { h = h * 31 + s[i]; } return h;',
    hand: (c) => hash(text(c, "s")),
  },
  {
    name: "foreach over 108 chars",
    kind: "block",
    code: 'int h = 17; foreach (char c in (string)context.Variables["s"]) { h = h * 31 + c; } return h;',
    hand: (c) => hash(text(c, "s")),
  },
  {
    name: "for over an array of 100",
    kind: "block",
    code: 'var a = (int[])context.Variables["arr"]; int n = 0; for (int i = 0; i < a.Length; i++) { n += a[i]; } return n;',
    hand: (c) => sum(items(c, "arr")),
  },
  {
    name: "fill and fold an array of 100",
    kind: "block",
    code: "var a = new int[100]; for (int i = 0; i < a.Length; i++) { a[i] = i * i; } int n = 0; foreach (var x in a) { n ^= x; } return n;",
    hand: () => fillAndFold(),
  },
  {
    name: "foreach over a list of 100",
    kind: "block",
    code: 'int n = 0; foreach (var x in (List<int>)context.Variables["list"]) { if (x % 2 == 0) { n += x; } } return n;',
    hand: (c) => sumEven(items(c, "list")),
  },
  {
    name: "Where, Select, Sum of 100",
    kind: "expr",
    code: '((List<int>)context.Variables["list"]).Where(x => x % 2 == 0).Select(x => x + 1).Sum()',
    hand: (c) =>
      items(c, "list")
        .values()
        .filter((x) => x % 2 === 0)
        .map((x) => (x + 1) | 0)
        .reduce((n, x) => n + x, 0),
  },
];

interface Token {
  readonly raw: unknown;
  getItem(key: unknown): Token;
}
