/** What set-header does to a message; the same child stands in return-response, send-request and send-one-way-request. */
import type { Headers } from "../../http/headers.ts";
import { oneOf, string, textString } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { ElementConfig } from "../../kit/policy.ts";

export const headerSpec = {
  attributes: {
    name: string({ required: true, expression: true, doc: "Header name." }),
    "exists-action": oneOf(["override", "skip", "append", "delete"], {
      default: "override",
      expression: true,
      doc: "What to do when the header is there already: override | skip | append | delete.",
    }),
  },
  children: {
    value: { many: true, text: textString({ default: "", expression: true }), doc: "A value of the header." },
  },
} as const;

type HeaderConfig = ElementConfig<typeof headerSpec>;

/** Fields that are sent as repeated lines; values of all others are joined by commas. */
const REPEATED: ReadonlySet<string> = new Set([
  "user-agent",
  "www-authenticate",
  "proxy-authenticate",
  "cookie",
  "set-cookie",
  "warning",
  "date",
  "expires",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "retry-after",
]);

/** Fields the gateway computes itself; a policy cannot set them. */
const FRAMING: ReadonlySet<string> = new Set(["connection", "content-length", "keep-alive", "transfer-encoding"]);

// RFC 9110 section 5.6.2 (token) and 5.5 (field value): nothing that could end the line.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/;

/** Applies one set-header to the headers of a message; tells whether the policy decided what is there now. */
export function applyHeader(config: HeaderConfig, exchange: Exchange, headers: Headers): boolean {
  const name = config.name.get(exchange);
  if (!NAME.test(name)) throw invalid(`"${printable(name)}" is not a valid header name.`);
  if (FRAMING.has(name.toLowerCase())) return false;
  const action = config.existsAction.get(exchange).toLowerCase();
  if (action === "delete") {
    headers.remove(name);
    return true;
  }
  if (action === "skip" && headers.has(name)) return false;
  // Before anything is removed: a value may be made from what the header holds now.
  const values = config.children.value.map((v) => v.text.get(exchange));
  if (action !== "append") headers.remove(name);
  addValues(headers, name, values);
  return true;
}

/** Applies one set-header to a request. What a policy says of Authorization is its own word, even when it repeats the caller's. */
export function applyRequestHeader(config: HeaderConfig, exchange: Exchange, request: RequestMessage): void {
  const isDecided = applyHeader(config, exchange, request.headers);
  if (isDecided && request.carriesCallersAuthorization && isAuthorization(config.name.get(exchange)))
    request.carriesCallersAuthorization = false;
}

function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === "authorization";
}

function addValues(headers: Headers, name: string, values: readonly string[]): void {
  for (const value of values) {
    if (FORBIDDEN_IN_VALUE.test(value))
      throw invalid(`The value of the header ${name} holds a character that no header may hold.`);
  }
  const isSingle = values.length === 1 && !headers.has(name);
  if (isSingle || REPEATED.has(name.toLowerCase())) {
    for (const value of values) headers.append(name, value);
    return;
  }
  const present = headers.all(name);
  if (present.length + values.length > 0) headers.set(name, [...present, ...values].join(","));
}

function invalid(message: string): PolicyFault {
  return new PolicyFault("InvalidHeader", message);
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100)).slice(1, -1);
}
