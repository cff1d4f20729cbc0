/**
 * Messages of JSON-RPC 2.0 as MCP uses them: one object, no batches (removed from MCP on 2025-06-18), ids that are texts or numbers.
 * https://modelcontextprotocol.io/specification/2025-06-18/basic
 */

export type Id = string | number;

export interface RpcRequest {
  readonly kind: "request";
  readonly id: Id;
  readonly method: string;
  readonly params: Params;
}

export interface RpcFailure {
  readonly kind: "failure";
  /** Null when the message did not say, or could not be read. */
  readonly id: Id | null;
  readonly code: number;
  readonly message: string;
}

export type RpcMessage =
  | RpcRequest
  | { readonly kind: "notification"; readonly method: string }
  /** An answer to something that this server never asked. */
  | { readonly kind: "answer" };

/** Named parameters; undefined where there are none. Own properties only: whatever their names, they are data. */
export type Params = Readonly<Record<string, unknown>> | undefined;

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;

/** Deeper nesting would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 64;
const MAX_ID_CHARACTERS = 256;

export function failure(id: Id | null, code: number, message: string): RpcFailure {
  return { kind: "failure", id, code, message };
}

export function parseMessage(bytes: Uint8Array): RpcMessage | RpcFailure {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return failure(null, PARSE_ERROR, "The message is not UTF-8.");
  }
  if (isTooDeep(text)) return failure(null, INVALID_REQUEST, `The message is nested deeper than ${MAX_DEPTH}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure(null, PARSE_ERROR, "The message is not JSON.");
  }
  if (Array.isArray(value)) return failure(null, INVALID_REQUEST, "Batches are not supported: send one message.");
  return isObject(value) ? messageOf(value) : failure(null, INVALID_REQUEST, "A message is an object.");
}

function messageOf(value: Readonly<Record<string, unknown>>): RpcMessage | RpcFailure {
  const { jsonrpc, id, method, params } = value;
  const known = isId(id) ? id : null;
  if (jsonrpc !== "2.0") return failure(known, INVALID_REQUEST, 'A message has "jsonrpc": "2.0".');
  if (typeof method !== "string") {
    if (known !== null && ("result" in value || "error" in value)) return { kind: "answer" };
    return failure(known, INVALID_REQUEST, "A message names a method.");
  }
  if (params !== undefined && !isObject(params)) return failure(known, INVALID_PARAMS, "Parameters are an object.");
  if (id === undefined) return { kind: "notification", method };
  if (known === null) return failure(null, INVALID_REQUEST, "An id is a text or a whole number.");
  return { kind: "request", id: known, method, params };
}

function isId(id: unknown): id is Id {
  return typeof id === "string" ? id.length <= MAX_ID_CHARACTERS : Number.isSafeInteger(id);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a property that is the object's own: names come from callers. */
export function ownOf(object: Params, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Counts brackets outside of texts, before anything is built. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isText) {
      if (code === 0x5c) i++;
      else if (code === 0x22) isText = false;
    } else if (code === 0x22) isText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** @param result JSON */
export function resultText(id: Id, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
}

export function failureText({ id, code, message }: RpcFailure): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
}
