/** The request that send-request and send-one-way-request describe by their children. */
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { oneOf, textString } from "../../kit/attributes.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../../kit/bodies.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext, ElementConfig } from "../../kit/policy.ts";
import { RequestUrl, wirePath, wireQuery } from "../../kit/url.ts";
import { bodySpec, compileBody } from "./body-edit.ts";
import { certificateSpec, compileCertificate } from "./client-certificate.ts";
import { applyRequestHeader, headerSpec } from "./header-edit.ts";
import { authenticate, managedIdentitySpec } from "./managed-identity.ts";
import { isMethod } from "./method.ts";
import { compileProxy, proxySpec } from "./proxy-choice.ts";

export const modeAttribute = oneOf(["new", "copy"], {
  default: "new",
  expression: true,
  doc: "new: an empty request; copy: starts from the caller's.",
});

export const outgoingChildren = {
  "set-url": { text: textString({ required: true, expression: true }), doc: "Absolute URL of the request." },
  "set-method": { text: textString({ required: true, expression: true }), doc: "Method of the request." },
  "set-header": { ...headerSpec, many: true },
  "set-body": bodySpec,
  "authentication-certificate": certificateSpec,
  "authentication-managed-identity": managedIdentitySpec,
  proxy: proxySpec,
} as const;

type Children = ElementConfig<{ children: typeof outgoingChildren }>["children"];

/** Compiles the description; the result makes the message of one exchange. */
export function compileOutgoing(
  children: Children,
  context: CompileContext,
): (x: Exchange, mode: string) => Promise<RequestMessage> {
  const { setUrl, setMethod, setHeader, setBody, authenticationManagedIdentity: identity } = children;
  const body = setBody && compileBody(setBody, context);
  const certificate =
    children.authenticationCertificate && compileCertificate(children.authenticationCertificate, context);
  const proxy = children.proxy && compileProxy(children.proxy, context);
  return async (x, mode) => {
    const isCopy = mode.toLowerCase() === "copy";
    const hasBody = isCopy && !x.request.isBodyConsumed && !x.request.body.isSpent;
    if (hasBody) await prepare(x, NEEDS_REQUEST_BODY);
    const url = setUrl ? parseTarget(setUrl.text.get(x)) : isCopy ? x.request.url.clone() : undefined;
    if (url === undefined) throw new PolicyFault("InvalidUri", "The request has no URL: give <set-url>.");
    const method = setMethod ? setMethod.text.get(x).trim() : isCopy ? x.request.method : "GET";
    if (!isMethod(method))
      throw new PolicyFault("InvalidMethod", "The method of the request is not a valid HTTP method.");
    const headers = isCopy ? x.request.headers.clone() : new Headers();
    if (isCopy && setUrl) headers.remove("Host");
    if (body) headers.remove("Content-Encoding");
    const message = new RequestMessage(method, url, headers, hasBody ? x.request.body : Body.none);
    message.carriesCallersAuthorization = isCopy && x.request.carriesCallersAuthorization;
    message.withholdsCallersAuthorization = x.request.withholdsCallersAuthorization;
    for (const header of setHeader) applyRequestHeader(header, x, message);
    message.clientCertificate = certificate?.(x);
    message.proxy = proxy?.(x);
    if (identity !== undefined) await authenticate(identity, x, message);
    const content = body?.get(x);
    if (content !== undefined) message.body = typeof content === "string" ? Body.text(content) : Body.bytes(content);
    return message;
  };
}

/** Parses an absolute http(s) URL; host and path cannot be changed by what data was put into it without showing here. */
function parseTarget(text: string): RequestUrl {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) throw new PolicyFault("InvalidUri", "The URL of the request is not an absolute URL.");
  const url = new URL(trimmed);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  if (!isHttp || url.username !== "" || url.password !== "") {
    throw new PolicyFault("InvalidUri", "The URL of the request is not a plain http or https URL.");
  }
  const target = RequestUrl.parse(trimmed);
  const path = wirePath(target.path);
  if (path === undefined) throw new PolicyFault("InvalidUri", "The URL of the request holds an ambiguous path.");
  target.path = path;
  target.query = wireQuery(target.query);
  return target;
}
