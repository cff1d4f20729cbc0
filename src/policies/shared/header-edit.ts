/** What set-header does to a message; the same child stands in return-response, send-request and send-one-way-request. */
import type { Headers } from "../../http/headers.ts";
import { isFieldValue, isToken } from "../../http/native/octets.ts";
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

/** What is known of a name, worked out once for each spelling. */
interface NameFacts {
  readonly isValid: boolean;
  readonly isFraming: boolean;
  readonly isRepeated: boolean;
  readonly isAuthorization: boolean;
}

const factsByName = new Map<string, NameFacts>();
/** Expressions can make up names. */
const MAX_NAMES = 1_000;

function factsOf(name: string): NameFacts {
  const known = factsByName.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const facts: NameFacts = {
    isValid: isToken(name),
    isFraming: FRAMING.has(lower),
    isRepeated: REPEATED.has(lower),
    isAuthorization: lower === "authorization",
  };
  if (factsByName.size >= MAX_NAMES) factsByName.clear();
  factsByName.set(name, facts);
  return facts;
}

/** Applies one set-header to the headers of a message; tells whether the policy decided what is there now. */
export function applyHeader(config: HeaderConfig, exchange: Exchange, headers: Headers): boolean {
  const name = config.name.get(exchange);
  const { isValid, isFraming, isRepeated } = factsOf(name);
  if (!isValid) throw invalid(`"${printable(name)}" is not a valid header name.`);
  if (isFraming) return false;
  const action = config.existsAction.get(exchange).toLowerCase();
  if (action === "delete") {
    headers.remove(name);
    return true;
  }
  if (action === "skip" && headers.has(name)) return false;
  const { value } = config.children;
  // Before anything is removed: a value may be made from what the header holds now.
  const values = value.length === 1 ? [value[0].text.get(exchange)] : value.map((v) => v.text.get(exchange));
  if (action !== "append") headers.remove(name);
  addValues(headers, name, values, isRepeated);
  return true;
}

/** Applies one set-header to a request. What a policy says of Authorization is its own word, even when it repeats the caller's. */
export function applyRequestHeader(config: HeaderConfig, exchange: Exchange, request: RequestMessage): void {
  const isDecided = applyHeader(config, exchange, request.headers);
  if (isDecided && request.carriesCallersAuthorization && factsOf(config.name.get(exchange)).isAuthorization)
    request.carriesCallersAuthorization = false;
}

function addValues(headers: Headers, name: string, values: readonly string[], isRepeated: boolean): void {
  for (const value of values) {
    // Nothing that could end the line.
    if (!isFieldValue(value))
      throw invalid(`The value of the header ${name} holds a character that no header may hold.`);
  }
  const isSingle = values.length === 1 && !headers.has(name);
  if (isSingle || isRepeated) {
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
