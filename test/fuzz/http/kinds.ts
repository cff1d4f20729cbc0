/** What the gateway's parsers refuse although node:http's accepts it, each kind with the clause that lets it or makes it. */
export const REFUSED_REQUESTS: Readonly<Record<string, string>> = {
  RequestSyntaxInvalid:
    "RFC 9112 sections 2.2 and 3: more than one empty line in front, more than one blank in the request line",
  HttpVersionNotSupported: "RFC 9110 section 15.6.6: HTTP/0.9 and HTTP/2.0 in text; RFC 9113 section 3.4: PRI",
  HostInvalid: "RFC 9112 section 3.2: Host missing, twice, or no host",
  ExpectationFailed: "RFC 9110 section 10.1.1: expectations other than 100-continue",
  TransferCodingNotImplemented: "RFC 9112 section 6.1: codings other than chunked",
  RequestTargetInvalid: "RFC 9112 section 3.2: neither a path nor an absolute URL of http or https",
  MethodNotImplemented: "RFC 9110 section 9.1: TRACE, CONNECT and methods that are not known, in the letters they have",
  FramingInvalid:
    "RFC 9112 section 6.1: a coding in HTTP/1.0; section 6.3, rule 4: chunked is not the last; RFC 9110 section 8.6: lengths that begin with a zero they do not need",
  ChunkInvalid: "RFC 9110 section 6.5.1: framing fields in trailers; RFC 9112 section 7.1.1: extensions that are none",
  HeadersTooLarge: "RFC 6585 section 5: a head beyond the limit",
};

export const REFUSED_RESPONSES: Readonly<Record<string, string>> = {
  "its transfer coding is not served": "RFC 9112 section 6.1: codings other than chunked, or in HTTP/1.0",
  "the status line is malformed": "RFC 9112 section 4: a tab for a blank, control characters in the reason",
  "it is another protocol": "RFC 9112 section 2.3: versions other than 1.0 and 1.1",
  "there is no such status": "RFC 9110 section 15: codes beyond 100 to 599",
  "a header field is malformed":
    "RFC 9112 section 6.3: lengths that are no one number; section 5: fields that are none",
  "it has a length and is chunked": "RFC 9112 section 6.3, rule 3",
  "an interim answer in HTTP/1.0": "RFC 9110 section 15.2: HTTP/1.0 has no 1xx",
  "an upgrade nobody asked for": "RFC 9110 section 15.2.2: 101 without Upgrade",
  ChunkInvalid: "RFC 9110 section 6.5.1: framing fields in trailers; RFC 9112 section 7.1.1: extensions that are none",
};
