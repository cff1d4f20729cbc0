/** IRequest, IResponse and IUrl over the messages of the exchange, and what expressions reach through them. */
import { implement } from "../../csharp/library/define.ts";
import { createUri } from "../../csharp/library/uri.ts";
import { certificateFromDer } from "../../csharp/library/x509-certificate2.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import type { Headers } from "../../http/headers.ts";
import { isCallerVerified } from "../../kit/caller-trust.ts";
import type { LastError } from "../../kit/exchange.ts";
import { type Message, ResponseMessage } from "../../kit/message.ts";
import { RequestUrl } from "../../kit/url.ts";
import { CallersRequest } from "../exchange.ts";
import { HeaderDictionary, QueryDictionary, stringMap } from "./dictionaries.ts";
import { note } from "./inputs.ts";
import { MessageBody } from "./message-body.ts";
import { keepingLast } from "./views.ts";

/** A body object, or null when the message has none. */
function bodyOf(message: Message): MessageBody | null {
  return message.body.isNone ? null : new MessageBody(message);
}

const requestHeaders = keepingLast((headers: Headers) => new HeaderDictionary(headers, "Request"));
const responseHeaders = keepingLast((headers: Headers) => new HeaderDictionary(headers, "Response"));

implement("IRequest", {
  Body: (self: CallersRequest) => bodyOf(self),
  Certificate: (self: CallersRequest) => {
    const der = self.exchange.incoming.tls?.clientCertificate;
    return der === undefined
      ? null
      : certificateFromDer(der, null, (raw, checksRevocation) =>
          isCallerVerified(self.exchange, raw, checksRevocation),
        );
  },
  Headers: (self: CallersRequest) => requestHeaders(self.headers),
  MatchedParameters: (self: CallersRequest) =>
    stringMap("Request.MatchedParameters", self.exchange.route.matchedParameters),
  IpAddress: (self: CallersRequest) => note("Request.IpAddress", self.exchange.clientAddress),
  Method: (self: CallersRequest) => note("Request.Method", self.method),
  OriginalUrl: (self: CallersRequest) => self.exchange.originalUrl,
  Url: (self: CallersRequest) => self.url,
  PrivateEndpointConnection: () => null,
});

implement("IResponse", {
  // A response always has a body object, even when it is empty: `context.Response.Body.As<string>()` gives "".
  Body: (self: ResponseMessage) => new MessageBody(self),
  Headers: (self: ResponseMessage) => responseHeaders(self.headers),
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

hostClass(CallersRequest, "IRequest");
hostClass(ResponseMessage, "IResponse");
hostClass(RequestUrl, "IUrl", (url) => note("Url", url.toString()));
hostClass(LastErrorView, "ILastError");
