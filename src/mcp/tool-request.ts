/**
 * The arguments of a tool as a request for its operation. What an argument says stays in its place: it cannot become another segment,
 * parameter or header. Mistakes are told to the model, which can mend them.
 */
import type { McpTool, ToolInput, ToolParameter } from "../resources/agent-protocols.ts";
import { isObject } from "./json-rpc.ts";

export interface ToolRequest {
  /** Below the API, with leading slash, percent-encoded. */
  readonly path: string;
  /** Without question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: { readonly contentType: string; readonly text: string } | undefined;
}

type Arguments = Readonly<Record<string, unknown>>;

/** What is wrong with the arguments, in words for the model. */
export class ArgumentError extends Error {}

/** Throws ArgumentError. */
export function toolRequest({ input, name }: McpTool, urlTemplate: string, given: Arguments): ToolRequest {
  checkNames(input, name, given);
  const values = new Map<ToolParameter, unknown>();
  for (const parameter of input.parameters) {
    const value = Object.hasOwn(given, parameter.argument) ? given[parameter.argument] : undefined;
    if (value !== undefined && value !== null) values.set(parameter, value);
    else if (parameter.isRequired) throw new ArgumentError(`The argument "${parameter.argument}" is missing.`);
  }
  const [path, fixed] = splitAt(urlTemplate, "?");
  return {
    path: fillPath(path, values),
    query: queryOf(fixed, values),
    headers: headersOf(values),
    body: bodyOf(input, given),
  };
}

function checkNames(input: ToolInput, tool: string, given: Arguments): void {
  const known = new Set(input.parameters.map((p) => p.argument));
  if (input.body !== undefined) known.add(input.body.argument);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const names = known.size === 0 ? "It takes none." : `It takes: ${[...known].join(", ")}.`;
  throw new ArgumentError(`The tool "${tool}" has no argument "${unknown.slice(0, 100)}". ${names}`);
}

function fillPath(template: string, values: ReadonlyMap<ToolParameter, unknown>): string {
  return template.replace(/\{(\*?)([^}]+)\}|\*$/g, (_, star: string | undefined, name: string | undefined) => {
    const [parameter, value] = find(values, "path", name ?? "*");
    if (parameter === undefined) return "";
    const text = simpleText(parameter, value);
    const segments = star === "*" ? text.replace(/^\/+/, "").split("/") : [text];
    // Dots alone, and nothing at all, would make another path of it.
    if (segments.some((segment) => segment === "" || /^\.{1,2}$/.test(segment)))
      throw new ArgumentError(`The argument "${parameter.argument}" cannot be part of a path.`);
    return segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join("/");
  });
}

function find(values: ReadonlyMap<ToolParameter, unknown>, location: string, name: string) {
  for (const entry of values) if (entry[0].location === location && entry[0].name === name) return entry;
  return [undefined, undefined] as const;
}

/** Pairs that the template fixes, then one for each argument. */
function queryOf(fixed: string, values: ReadonlyMap<ToolParameter, unknown>): string {
  const pairs = fixed.split("&").filter((pair) => pair !== "" && !pair.includes("{"));
  for (const [parameter, value] of values) {
    if (parameter.location !== "query") continue;
    const items = Array.isArray(value) && parameter.explodes ? value : [value];
    for (const item of items) pairs.push(pairOf(parameter.name, simpleText(parameter, item)));
  }
  return pairs.join("&");
}

function pairOf(name: string, value: string): string {
  return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`;
}

function headersOf(values: ReadonlyMap<ToolParameter, unknown>): [string, string][] {
  return [...values].flatMap(([parameter, value]): [string, string][] => {
    if (parameter.location !== "header") return [];
    const text = simpleText(parameter, value);
    if (!/^[\t\x20-\x7e]*$/.test(text))
      throw new ArgumentError(`The argument "${parameter.argument}" cannot be the value of a header.`);
    return [[parameter.name, text.trim()]];
  });
}

/** Texts, numbers and truth values as they are; lists with commas; objects as JSON. */
function simpleText(parameter: ToolParameter, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((item) => !isObject(item) && !Array.isArray(item))) return value.join(",");
  if (parameter.location === "query") return JSON.stringify(value);
  throw new ArgumentError(`The argument "${parameter.argument}" must be a text, a number or a truth value.`);
}

function bodyOf({ body }: ToolInput, given: Arguments): ToolRequest["body"] {
  if (body === undefined) return undefined;
  const value = Object.hasOwn(given, body.argument) ? given[body.argument] : undefined;
  if (value === undefined) {
    if (body.isRequired) throw new ArgumentError(`The argument "${body.argument}" is missing.`);
    return undefined;
  }
  const { contentType } = body;
  if (/json/i.test(contentType)) return { contentType, text: JSON.stringify(value) };
  if (/x-www-form-urlencoded/i.test(contentType)) {
    if (!isObject(value)) throw new ArgumentError(`The argument "${body.argument}" must be an object.`);
    const pairs = Object.entries(value).map(([name, item]) =>
      pairOf(name, typeof item === "string" ? item : JSON.stringify(item ?? null)),
    );
    return { contentType, text: pairs.join("&") };
  }
  if (typeof value !== "string") throw new ArgumentError(`The argument "${body.argument}" must be a text.`);
  return { contentType, text: value };
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
