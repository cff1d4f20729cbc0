/**
 * What an operation takes, as the arguments of a tool: each parameter under its name, the request's body as `body`. Made from its part
 * of an OpenAPI document, or from the operation's own properties (ARM).
 */
import type { ToolBody, ToolInput, ToolParameter } from "../agent-protocols.ts";
import { type DataNode, child, stringOf } from "../documents/data-node.ts";
import type { Fields } from "../documents/fields.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { dereference } from "./schema-sample.ts";

/** An operation as a tool may show it. */
export interface OperationInput {
  readonly description: string;
  readonly parameters: readonly InputParameter[];
  readonly body: InputBody | undefined;
}

export interface InputParameter extends Omit<ToolParameter, "argument"> {
  readonly schema: Record<string, unknown>;
}

export interface InputBody extends Omit<ToolBody, "argument"> {
  readonly schema: Record<string, unknown>;
}

/** JSON of a schema that is sent with every list of tools. */
const MAX_SCHEMA_CHARACTERS = 64 * 1024;
/** Fields that belong to the message, to the key or to the caller's token: no arguments. */
const NOT_ASKED_FOR = new Set([
  "accept",
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "cookie",
  "host",
  "ocp-apim-subscription-key",
  "transfer-encoding",
]);
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LOCATIONS = ["path", "query", "header"] as const;
type Location = (typeof LOCATIONS)[number];

/** Of an operation in an OpenAPI document, version 2 or 3. */
export function openApiInput(root: DataNode, path: DataNode, operation: DataNode): OperationInput {
  const own = listOf(child(operation, "parameters")).map((node) => dereference(root, node));
  const shared = listOf(child(path, "parameters")).map((node) => dereference(root, node));
  const isSame = (a: DataNode | undefined, b: DataNode | undefined) =>
    textOf(a, "name") === textOf(b, "name") && textOf(a, "in") === textOf(b, "in");
  const nodes = [...shared.filter((node) => !own.some((other) => isSame(node, other))), ...own];
  return {
    description: textOf(operation, "description") ?? textOf(operation, "summary") ?? "",
    parameters: nodes.flatMap((node) => parameterOf(root, node)),
    body: bodyOf(root, dereference(root, child(operation, "requestBody"))) ?? bodyOfVersion2(root, nodes),
  };
}

function parameterOf(root: DataNode, node: DataNode | undefined): InputParameter[] {
  const name = textOf(node, "name");
  const location = LOCATIONS.find((l) => l === textOf(node, "in"));
  if (node === undefined || name === undefined || location === undefined || !isAskedFor(name, location)) return [];
  const schema = jsonSchemaOf(root, child(node, "schema") ?? node);
  const { required: _, ...own } = schema;
  const description = textOf(node, "description");
  const isVersion2 = child(node, "schema") === undefined;
  return [
    {
      name,
      location,
      isRequired: location === "path" || flagOf(node, "required") === true,
      explodes: isVersion2 ? textOf(node, "collectionFormat") === "multi" : flagOf(node, "explode") !== false,
      schema: description === undefined ? own : { ...own, description },
    },
  ];
}

function isAskedFor(name: string, location: Location): boolean {
  return location !== "header" || (HEADER_NAME.test(name) && !NOT_ASKED_FOR.has(name.toLowerCase()));
}

function bodyOf(root: DataNode, node: DataNode | undefined): InputBody | undefined {
  const content = child(node, "content");
  if (content?.kind !== "object") return undefined;
  const contentType = chosenType([...content.entries.keys()]);
  if (contentType === undefined) return undefined;
  const schema = bodySchema(root, contentType, child(content.entries.get(contentType)?.value, "schema"));
  return { contentType, isRequired: flagOf(node, "required") === true, schema };
}

/** OpenAPI 2: a parameter in `body`, or one in `formData` for each field. */
function bodyOfVersion2(root: DataNode, nodes: readonly (DataNode | undefined)[]): InputBody | undefined {
  const body = nodes.find((node) => textOf(node, "in") === "body");
  if (body !== undefined) {
    const schema = jsonSchemaOf(root, child(body, "schema"));
    return { contentType: "application/json", isRequired: flagOf(body, "required") === true, schema };
  }
  const fields = nodes.filter((node) => textOf(node, "in") === "formData");
  if (fields.length === 0) return undefined;
  const isFile = fields.some((node) => textOf(node, "type") === "file");
  const named = fields.map((node) => [textOf(node, "name") ?? "", jsonSchemaOf(root, node)] as const);
  const required = fields.filter((node) => flagOf(node, "required") === true).map((node) => textOf(node, "name"));
  return {
    contentType: isFile ? "multipart/form-data" : "application/x-www-form-urlencoded",
    isRequired: required.length > 0,
    schema: { type: "object", properties: Object.fromEntries(named), required },
  };
}

function chosenType(types: readonly string[]): string | undefined {
  const wanted = [/^application\/json\b/i, /\+json\b/i, /^application\/x-www-form-urlencoded\b/i, /^text\//i];
  for (const pattern of wanted) {
    const found = types.find((type) => pattern.test(type));
    if (found !== undefined) return found;
  }
  return types[0];
}

/** What is neither JSON nor a form is written as a text. */
function bodySchema(root: DataNode, contentType: string, schema: DataNode | undefined): Record<string, unknown> {
  if (/json|x-www-form-urlencoded/i.test(contentType)) return jsonSchemaOf(root, schema);
  return { type: "string", description: `Content of type ${contentType}.` };
}

/** Of an operation's own properties: `templateParameters` and `request`. */
export function armInput(properties: Fields): OperationInput {
  const request = properties.object("request");
  const read = (location: Location, list: readonly Fields[]) =>
    list.flatMap((fields): InputParameter[] => {
      const name = fields.string("name");
      if (name === undefined || !isAskedFor(name, location)) return [];
      const values = fields.strings("values");
      const schema = {
        type: simpleType(fields.string("type")),
        ...withText("description", fields.string("description")),
        ...(values.length > 0 ? { enum: values } : {}),
        ...withText("default", fields.string("defaultValue")),
      };
      const isRequired = location === "path" || fields.boolean("required") === true;
      return [{ name, location, isRequired, explodes: true, schema }];
    });
  const types = (request?.objects("representations") ?? []).flatMap((r) => r.string("contentType") ?? []);
  const contentType = chosenType(types);
  return {
    description: properties.string("description") ?? properties.string("displayName") ?? "",
    parameters: [
      ...read("path", properties.objects("templateParameters")),
      ...read("query", request?.objects("queryParameters") ?? []),
      ...read("header", request?.objects("headers") ?? []),
    ],
    body:
      contentType === undefined
        ? undefined
        : { contentType, isRequired: true, schema: /json/i.test(contentType) ? {} : { type: "string" } },
  };
}

function simpleType(type: string | undefined): string {
  const known = ["string", "number", "integer", "boolean", "array", "object"];
  return known.find((t) => t === type?.toLowerCase()) ?? "string";
}

/** The input of a tool for an operation of this template, whose parameters may be declared nowhere. */
export function toolInput(input: OperationInput, urlTemplate: string): ToolInput {
  const question = urlTemplate.indexOf("?");
  const parameters = [...input.parameters];
  for (const match of urlTemplate.matchAll(/\{\*?([^}]+)\}/g)) {
    const location = question >= 0 && match.index > question ? "query" : "path";
    const known = parameters.findIndex((p) => p.location === location && p.name === match[1]);
    if (known >= 0) parameters[known] = { ...parameters[known], isRequired: true };
    else parameters.push({ name: match[1], location, isRequired: true, explodes: true, schema: { type: "string" } });
  }
  const taken = new Set<string>();
  const named = parameters.map(({ schema, ...p }) => ({ schema, own: { ...p, argument: argumentOf(p.name, taken) } }));
  const body = input.body && { ...input.body, argument: argumentOf("body", taken) };
  const properties: [string, unknown][] = named.map(({ own, schema }) => [own.argument, schema]);
  if (body !== undefined) properties.push([body.argument, body.schema]);
  const required = [...named.map(({ own }) => own), ...(body ? [body] : [])].filter((p) => p.isRequired);
  return {
    parameters: named.map(({ own }) => own),
    body: body && { argument: body.argument, contentType: body.contentType, isRequired: body.isRequired },
    schema: schemaText(
      properties,
      required.map((p) => p.argument),
    ),
  };
}

function schemaText(properties: readonly [string, unknown][], required: readonly string[]): string {
  const whole = JSON.stringify({ type: "object", properties: Object.fromEntries(properties), required });
  if (whole.length <= MAX_SCHEMA_CHARACTERS) return whole;
  const names = properties.map(([name]) => [name, {}]);
  return JSON.stringify({ type: "object", properties: Object.fromEntries(names), required });
}

/** Models take letters, digits, `_`, `.` and `-`, 64 at most. */
function argumentOf(name: string, taken: Set<string>): string {
  const plain = name.replace(/[^A-Za-z0-9_.-]/g, "_").slice(0, 60);
  let argument = plain;
  for (let i = 2; taken.has(argument); i++) argument = `${plain}_${i}`;
  taken.add(argument);
  return argument;
}

function listOf(node: DataNode | undefined): readonly DataNode[] {
  return node?.kind === "list" ? node.items : [];
}

function textOf(node: DataNode | undefined, name: string): string | undefined {
  return stringOf(child(node, name));
}

function flagOf(node: DataNode | undefined, name: string): boolean | undefined {
  const value = child(node, name);
  return value?.kind === "scalar" && typeof value.value === "boolean" ? value.value : undefined;
}

function withText(name: string, text: string | undefined): Record<string, string> {
  return text === undefined || text === "" ? {} : { [name]: text };
}
