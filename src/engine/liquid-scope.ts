/** The objects a Liquid template sees: plain data only, built when a template is rendered. */
import { unbox } from "../csharp/runtime/values.ts";
import { toText } from "../csharp/runtime/object.ts";
import { JsonTextWriter } from "../csharp/library/json-writer.ts";
import { JToken } from "../csharp/library/jtoken.ts";
import { parseXElement } from "../csharp/library/xdocument.ts";
import { XElement } from "../csharp/library/xelement.ts";
import { XName, XNamespace } from "../csharp/library/xname.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Message } from "../kit/message.ts";
import type { RequestUrl } from "../kit/url.ts";
import { MessageBody } from "./context/message-body.ts";

export interface TemplateOptions {
  readonly xsiNil: "blank" | "null";
  readonly parseDates: boolean;
}

type Plain = Record<string, unknown>;

/** @param body undefined when the template does not mention it */
export function templateScope(exchange: Exchange, body: TemplateOptions | undefined): Plain {
  const isRequest = exchange.section === "inbound" || exchange.section === "backend";
  const message = isRequest ? exchange.request : exchange.response;
  return { context: contextOf(exchange), body: body && message ? bodyOf(message, body) : undefined };
}

function contextOf(x: Exchange): Plain {
  const { request, response } = x;
  return {
    RequestId: x.id,
    Request: {
      Url: urlOf(request.url),
      Method: request.method,
      OriginalMethod: x.originalMethod,
      OriginalUrl: urlOf(x.originalUrl),
      IpAddress: x.clientAddress,
      MatchedParameters: Object.fromEntries(x.route.matchedParameters),
      HasBody: !request.body.isNone,
      Headers: headersOf(request),
    },
    Response: response && { StatusCode: response.status, Method: request.method, Headers: headersOf(response) },
    Variables: Object.fromEntries([...x.variables.entries()].map(([name, value]) => [name, plain(value)])),
  };
}

function urlOf(url: RequestUrl): Plain {
  return {
    Scheme: url.scheme,
    Host: url.host,
    Port: url.port,
    Path: url.path,
    Query: joined(url.parameters),
    QueryString: url.query === "" ? "" : `?${url.query}`,
    ToString: url.toString(),
  };
}

function headersOf(message: Message): Plain {
  return joined(message.headers);
}

/** Several values of a name joined by commas. Names come from callers, so they pass through a Map. */
function joined(pairs: Iterable<readonly [string, string]>): Plain {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const present = values.get(name);
    values.set(name, present === undefined ? value : `${present},${value}`);
  }
  return Object.fromEntries(values);
}

/** A C# value as plain data. */
function plain(value: unknown): unknown {
  if (value === null || typeof value === "string") return value;
  const inner = unbox(value);
  if (typeof inner === "number" || typeof inner === "boolean") return inner;
  if (value instanceof JToken) {
    const writer = new JsonTextWriter(false);
    value.writeTo(writer);
    return JSON.parse(writer.text);
  }
  return toText(value);
}

const JSON_TYPE = /^\s*(application|text)\/(json|[\w.-]+\+json)\b/i;
const XML_TYPE = /^\s*(application|text)\/(xml|[\w.-]+\+xml)\b/i;

/** `body`: parsed by Content-Type, else absent. */
function bodyOf(message: Message, options: TemplateOptions): unknown {
  const contentType = message.headers.first("Content-Type") ?? "";
  const body = new MessageBody(message);
  if (JSON_TYPE.test(contentType)) return JSON.parse(body.text(true));
  if (!XML_TYPE.test(contentType)) return undefined;
  const root = parseXElement(body.text(true));
  return { [root.name.local]: elementOf(root, options) };
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** An element as data: its text, or its children by local name, several of a name as a list. */
function elementOf(element: XElement, options: TemplateOptions): unknown {
  const children = [...element.nodes()].filter((node) => node instanceof XElement);
  const isNil = element.attribute(XName.of("nil", XNamespace.get(XSI)))?.value === "true";
  if (isNil) return options.xsiNil === "null" ? null : "";
  if (children.length === 0) return element.value;
  const result = new Map<string, unknown>();
  for (const child of children) {
    const name = child.name.local;
    const value = elementOf(child, options);
    const present = result.get(name);
    if (present === undefined) result.set(name, value);
    else if (Array.isArray(present)) present.push(value);
    else result.set(name, [present, value]);
  }
  return Object.fromEntries(result);
}
