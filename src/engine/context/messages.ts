/** IRequest, IResponse and IUrl over the messages of the exchange, and what expressions reach through them. */
import { implement } from "../../csharp/library/define.ts";
import { createUri } from "../../csharp/library/uri.ts";
import { certificateFromDer } from "../../csharp/library/x509-certificate2.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import type { Headers } from "../../http/headers.ts";
import { isCallerVerified } from "../../kit/caller-trust.ts";
import type { Exchange, LastError } from "../../kit/exchange.ts";
import { type Message, type RequestMessage, ResponseMessage } from "../../kit/message.ts";
import { RequestUrl } from "../../kit/url.ts";
import { HeaderDictionary, QueryDictionary, stringMap } from "./dictionaries.ts";
import { note } from "./inputs.ts";
import { MessageBody } from "./message-body.ts";
import { keepingLast } from "./views.ts";

/** IRequest: the exchange seen from its request side; `request` itself for the parts that policies change. */
export class RequestView {
  readonly exchange: Exchange;
  readonly message: RequestMessage;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.message = exchange.request;
  }
}

/** A body object, or null when the message has none. */
function bodyOf(message: Message): MessageBody | null {
  return message.body.isNone ? null : new MessageBody(message);
}

const requestHeaders = keepingLast((headers: Headers) => new HeaderDictionary(headers, "Request"));
const responseHeaders = keepingLast((headers: Headers) => new HeaderDictionary(headers, "Response"));

implement("IRequest", {
  Body: (self: RequestView) => bodyOf(self.message),
  Certificate: (self: RequestView) => {
    const der = self.exchange.incoming.tls?.clientCertificate;
    return der === undefined
      ? null
      : certificateFromDer(der, null, (raw, checksRevocation) =>
          isCallerVerified(self.exchange, raw, checksRevocation),
        );
  },
  Headers: (self: RequestView) => requestHeaders(self.message.headers, undefined),
  MatchedParameters: (self: RequestView) =>
    stringMap("Request.MatchedParameters", self.exchange.route.matchedParameters),
  IpAddress: (self: RequestView) => note("Request.IpAddress", self.exchange.clientAddress),
  Method: (self: RequestView) => note("Request.Method", self.message.method),
  OriginalUrl: (self: RequestView) => self.exchange.originalUrl,
  Url: (self: RequestView) => self.message.url,
  PrivateEndpointConnection: () => null,
});

implement("IResponse", {
  // A response always has a body object, even when it is empty: `context.Response.Body.As<string>()` gives "".
  Body: (self: ResponseMessage) => new MessageBody(self),
  Headers: (self: ResponseMessage) => responseHeaders(self.headers, undefined),
  StatusCode: (self: ResponseMessage) => note("Response.StatusCode", self.status),
  StatusReason: (self: ResponseMessage) => self.reason,
});

implement("IUrl", {
  Host: (self: RequestUrl) => note("Url.Host", self.host),
  Path: (self: RequestUrl) => note("Url.Path", self.path),
  Port: (self: RequestUrl) => self.port,
  Query: (self: RequestUrl) => new QueryDictionary(self),
  // With the question mark, as System.Uri.Query has it; empty without a query.
  QueryString: (self: RequestUrl) => (self.query === "" ? "" : `?${self.query}`),
  Scheme: (self: RequestUrl) => self.scheme,
  "ToUri()": (self: RequestUrl) => createUri(self.toString()),
});

/** ILastError is a plain object of the kit; this class gives it a type. */
export class LastErrorView {
  readonly error: LastError;

  constructor(error: LastError) {
    this.error = error;
  }
}

implement("ILastError", {
  Message: (self: LastErrorView) => self.error.message,
  Path: (self: LastErrorView) => self.error.path,
  PolicyId: (self: LastErrorView) => self.error.policyId,
  Reason: (self: LastErrorView) => self.error.reason,
  Scope: (self: LastErrorView) => self.error.scope,
  Section: (self: LastErrorView) => self.error.section,
  Source: (self: LastErrorView) => self.error.source,
});

hostClass(RequestView, "IRequest");
hostClass(ResponseMessage, "IResponse");
hostClass(RequestUrl, "IUrl", (url) => note("Url", url.toString()));
hostClass(LastErrorView, "ILastError");
