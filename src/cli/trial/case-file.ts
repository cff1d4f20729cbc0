/**
 * Files of `sallyport test`: requests, what the world outside answers, and what must come of them. Read strictly: a misspelt expectation
 * would be one that nobody checks.
 */
import { readFile } from "node:fs/promises";
import type { Diagnostics } from "../../base/diagnostic.ts";
import { SourceText } from "../../base/source-text.ts";
import { parsedDocument } from "../../resources/config-folder.ts";
import { type DataNode, placeOf, toPlain } from "../../resources/documents/data-node.ts";
import { Fields, reportAt } from "../../resources/documents/fields.ts";
import { parseYaml } from "../../resources/documents/yaml.ts";

/** What is expected of a text: these characters, `/.../` to match, null to be absent. Of a body: also JSON, as a part. */
export type Expected = string | null | { readonly json: unknown };

export type Failure = "timeout" | "connect" | "reset";

/** What is answered to calls of an address; `*` at its end stands for all that begin so. */
export interface Answer {
  readonly url: string;
  readonly method: string | undefined;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** There is no answer at all. */
  readonly failure: Failure | undefined;
}

export interface ExpectedCall {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: readonly (readonly [string, Expected])[];
  readonly body: Expected | undefined;
}

export interface TestCase {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string | undefined;
    /** Id of the subscription whose key is sent. */
    readonly subscription: string | undefined;
    /** Claims of a token that is made and sent. */
    readonly token: Readonly<Record<string, unknown>> | undefined;
  };
  readonly times: number;
  readonly answers: readonly Answer[];
  readonly expect: {
    readonly status: number | undefined;
    readonly headers: readonly (readonly [string, Expected])[];
    readonly body: Expected | undefined;
    readonly source: string | undefined;
    readonly reason: string | undefined;
    /** Calls to the world outside, in order; undefined: not looked at. */
    readonly sent: readonly ExpectedCall[] | undefined;
  };
}

/** Cases of a file; none, and mistakes, when it cannot be read. */
export async function readCases(file: string, diagnostics: Diagnostics): Promise<TestCase[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    diagnostics.error("SP1001", `The file cannot be read (${(error as NodeJS.ErrnoException).code})`, { file });
    return [];
  }
  const source = new SourceText(text, file);
  const document = parsedDocument(source, parseYaml(text), diagnostics);
  if (document === undefined) return [];
  if (document.root.kind !== "object") {
    reportAt(document.reading, document.root, "SP1004", "A file of tests must be an object with cases");
    return [];
  }
  const root = new Fields(document.reading, document.root);
  root.rejectUnknown(["answers", "cases"]);
  if (root.get("cases") === undefined) root.missing("cases", "A list of { name, request, expect }.");
  const common = answersOf(root);
  return root.objects("cases").flatMap((fields) => caseOf(fields, common) ?? []);
}

function caseOf(fields: Fields, common: readonly Answer[]): TestCase | undefined {
  fields.rejectUnknown(["name", "request", "times", "answers", "expect"]);
  const name = fields.requiredString("name");
  const request = requestOf(fields);
  const expect = fields.object("expect");
  if (expect === undefined) fields.missing("expect", "Such as { status: 401, reason: TokenNotPresent }.");
  if (name === undefined || request === undefined || expect === undefined) return undefined;
  expect.rejectUnknown(["status", "headers", "body", "source", "reason", "sent"]);
  const { file = "", line = 1 } = placeOf(fields.reading.source, fields.node.start);
  return {
    name,
    file,
    line,
    request,
    times: fields.integer("times", 1, 10_000) ?? 1,
    answers: [...answersOf(fields), ...common],
    expect: {
      status: expect.integer("status", 100, 599),
      headers: expectedHeaders(expect),
      body: expectedOf(expect, "body"),
      source: expect.string("source"),
      reason: expect.string("reason"),
      sent: expect.get("sent") === undefined ? undefined : expect.objects("sent").map(expectedCall),
    },
  };
}

function requestOf(fields: Fields): TestCase["request"] | undefined {
  const request = fields.object("request");
  if (request === undefined) {
    fields.missing("request", "Such as { url: /orders/7, subscription: fabrikam }.");
    return undefined;
  }
  request.rejectUnknown(["method", "url", "headers", "body", "subscription", "token"]);
  const url = request.requiredString("url", "The path, with its query: /orders/7?full=true.");
  if (url !== undefined && !url.startsWith("/"))
    request.wrongValue("url", "must begin with /", "The path, with its query: /orders/7?full=true.");
  const token = request.object("token");
  return {
    method: (request.string("method") ?? (request.get("body") === undefined ? "GET" : "POST")).toUpperCase(),
    url: url ?? "/",
    headers: texts(request, "headers"),
    body: bodyOf(request),
    subscription: request.string("subscription"),
    token: token && (toPlain(token.node) as Record<string, unknown>),
  };
}

function answersOf(fields: Fields): Answer[] {
  return fields.objects("answers").map((answer) => {
    answer.rejectUnknown(["url", "method", "status", "headers", "body", "failure"]);
    const isJson = (answer.get("body")?.kind ?? "scalar") !== "scalar";
    const headers = texts(answer, "headers");
    const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
    return {
      url: answer.requiredString("url", "Of the calls that get this answer; * at its end for all that begin so.") ?? "",
      method: answer.string("method")?.toUpperCase(),
      status: answer.integer("status", 200, 599) ?? 200,
      headers: isJson && !isTyped ? [...headers, ["Content-Type", "application/json"]] : headers,
      body: bodyOf(answer) ?? "",
      failure: answer.oneOf("failure", ["timeout", "connect", "reset"]),
    };
  });
}

function expectedCall(call: Fields): ExpectedCall {
  call.rejectUnknown(["method", "url", "headers", "body"]);
  return {
    method: call.string("method"),
    url: call.string("url"),
    headers: expectedHeaders(call),
    body: expectedOf(call, "body"),
  };
}

/** Text as it is; anything else as JSON. */
function bodyOf(fields: Fields): string | undefined {
  const node = fields.get("body");
  if (node === undefined) return undefined;
  return node.kind === "scalar" ? node.text : JSON.stringify(toPlain(node));
}

function texts(fields: Fields, name: string): [string, string][] {
  return fields.entries(name).map(([key, node]) => [key, node.kind === "scalar" ? node.text : ""]);
}

function expectedHeaders(fields: Fields): [string, Expected][] {
  return fields.entries("headers").map(([key, node]) => [key, expectedValue(node)]);
}

function expectedOf(fields: Fields, name: string): Expected | undefined {
  // Fields counts null as absent; here it is an expectation.
  const node = fields.node.entries.get(name)?.value;
  return node === undefined ? undefined : expectedValue(node);
}

function expectedValue(node: DataNode): Expected {
  if (node.kind !== "scalar") return { json: toPlain(node) };
  return node.value === null ? null : node.text;
}
