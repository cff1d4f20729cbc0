import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Body } from "../http/body.ts";
import type { IncomingRequest } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { type CanonicalRequest, canonicalize, isRejection } from "./canonical.ts";
import { canonicalPath } from "./canonical-path.ts";

const PSEUDONYM = "sallyport-test";

function request(
  target: string,
  raw: string[] = ["Host", "api.example"],
  more: Partial<IncomingRequest> = {},
): IncomingRequest {
  return {
    method: "GET",
    target,
    httpVersion: "1.1",
    headers: new Headers(raw),
    body: Body.none,
    remoteAddress: "192.0.2.7",
    remotePort: 4711,
    tls: undefined,
    listener: "public",
    onAbort: () => {},
    ...more,
  };
}

function accepted(target: string, raw?: string[], more?: Partial<IncomingRequest>): CanonicalRequest {
  const result = canonicalize(request(target, raw, more), PSEUDONYM);
  assert.ok(!isRejection(result), `${target} was refused: ${JSON.stringify(result)}`);
  return result;
}

function reason(target: string, raw?: string[], more?: Partial<IncomingRequest>): string | undefined {
  const result = canonicalize(request(target, raw, more), PSEUDONYM);
  return isRejection(result) ? `${result.status} ${result.reason}` : undefined;
}

test("paths with one reading", () => {
  const cases: [target: string, path: string][] = [
    ["/", "/"],
    ["/a/b", "/a/b"],
    ["/%61dmin", "/admin"],
    ["/a%7eb%2Dc", "/a~b-c"],
    ["/a%3ab", "/a%3Ab"],
    ["/a%20b", "/a%20b"],
    ["/%C3%A4", "/%C3%A4"],
    ["/%c3%a4", "/%C3%A4"],
    ["/a|b", "/a%7Cb"],
    ["/{x}[1]", "/%7Bx%7D%5B1%5D"],
    ["/orders;rev=2/x", "/orders;rev=2/x"],
    ["/api../x", "/api../x"],
    ["/.well-known/x", "/.well-known/x"],
    ["/...", "/..."],
    ["/100%25", "/100%25"],
    ["/a%2520b", "/a%2520b"],
    ["/a/", "/a/"],
    ["/a:b@c,d=e", "/a:b@c,d=e"],
  ];
  for (const [target, path] of cases) assert.equal(accepted(target).url.path, path, target);
});

test("paths with two readings are refused", () => {
  const ambiguous = [
    "/api/../admin",
    "/api/..",
    "/api/.",
    "/api/./x",
    "/admin/.",
    "/../x",
    "/api%2f..%2fadmin",
    "/api%2F",
    "/api/%2e%2e/",
    "/api/%2E./x",
    "/api/..;/x",
    "/api/..;a=b/x",
    "/api/.;/x",
    "//admin",
    "/api//admin",
    "/api//",
    "/\\admin",
    "/api%5cadmin",
    "/api%5C..",
    "/a%00",
    "/a%0a",
    "/a%1f",
    "/a%7F",
    "/a%",
    "/a%4",
    "/a%zz",
    "/a%252e%252e/b",
    "/a%252f",
    "/a%25252F",
    "/a%255c",
    "/a%2500",
    "/a%c0%ae",
    "/a%e0%80%ae",
    "/a%ff",
    "/a%c3",
    "/a%ed%a0%80",
    "/a#frag",
    "/a b",
    "/\u00e4",
    "/a\u0001",
    "http://api.example/a/../b",
  ];
  for (const target of ambiguous) assert.equal(reason(target), "400 PathAmbiguous", target);
});

test("queries pass byte for byte", () => {
  assert.equal(accepted("/a?b=c%2f..%2F&d=%zz&&e").url.query, "b=c%2f..%2F&d=%zz&&e");
  assert.equal(accepted("/a?").url.query, "");
  assert.equal(accepted("/a?b?c").url.query, "b?c");
  assert.equal(reason("/a?b#c"), "400 QueryInvalid");
  assert.equal(reason("/a?b=\u00e4"), "400 QueryInvalid");
});

test("the authority", () => {
  const { url } = accepted("/a", ["host", "API.Example:8080"]);
  assert.deepEqual([url.scheme, url.host, url.port], ["http", "api.example", 8080]);
  assert.equal(accepted("/a").url.port, 80);
  assert.equal(accepted("/a", ["Host", "[::1]:81"]).url.host, "[::1]");
  const invalid = [
    "",
    "a@b",
    "a/b",
    "a:99999",
    "a:0",
    "a:x",
    "a,b",
    "\u00e4",
    "a.",
    ".a",
    "a..b",
    "[::1]:x",
    "[::1",
    "[zz]",
    "a b",
    "a:80:81",
  ];
  for (const host of invalid) assert.equal(reason("/a", ["Host", host]), "400 HostInvalid", host);
  assert.equal(reason("/a", ["Host", "a", "Host", "a"]), "400 HostInvalid");
  assert.equal(reason("/a", []), "400 HostInvalid");
  assert.equal(accepted("/a", [], { httpVersion: "1.0" }).url.host, "");
});

test("an absolute target must agree with Host and connection", () => {
  const { url } = accepted("http://API.example:80/x?y=z");
  assert.deepEqual([url.host, url.port, url.path, url.query], ["api.example", 80, "/x", "y=z"]);
  assert.equal(accepted("http://api.example").url.path, "/");
  assert.equal(accepted("http://api.example?a=b").url.query, "a=b");
  assert.equal(reason("http://other.example/x"), "400 HostMismatch");
  assert.equal(reason("http://api.example:81/x"), "400 HostMismatch");
  assert.equal(reason("https://api.example/x"), "400 SchemeMismatch");
  assert.equal(reason("http://user@api.example/x"), "400 HostInvalid");
  assert.equal(reason("http:///x"), "400 HostInvalid");
});

test("headers by which a caller could speak for the gateway are dropped and rebuilt", () => {
  const { headers } = accepted("/a", [
    "Host",
    "api.example:8080",
    "X-Forwarded-For",
    "10.0.0.1",
    "x-forwarded-host",
    "evil.example",
    "X-FORWARDED-PROTO",
    "https",
    "X-Forwarded-Prefix",
    "/x",
    "Forwarded",
    "for=10.0.0.1",
    "X-Real-IP",
    "10.0.0.1",
    "X_Forwarded_User",
    "admin",
    "X-Original-URL",
    "/admin",
    "X-Rewrite-Url",
    "/admin",
    "X-MS-CLIENT-PRINCIPAL-NAME",
    "admin",
    "X-Client-Cert",
    "x",
    "My_Header",
    "1",
    "X-Own",
    "1",
  ]);
  assert.deepEqual(headers.raw, [
    "X-Own",
    "1",
    "X-Forwarded-For",
    "192.0.2.7",
    "X-Forwarded-Proto",
    "http",
    "X-Forwarded-Host",
    "api.example:8080",
    "Via",
    "1.1 sallyport-test",
  ]);
});

test("fields of the connection stay behind, and Connection takes away nothing that was checked", () => {
  const { headers } = accepted("/a", [
    "Host",
    "api.example",
    "Connection",
    "keep-alive, authorization, x-forwarded-for, host, content-length, X-Hop, cookie",
    "Connection",
    "Own-Hop",
    "Keep-Alive",
    "timeout=5",
    "TE",
    "trailers",
    "Trailer",
    "X-T",
    "Transfer-Encoding",
    "chunked",
    "Upgrade",
    "h2c",
    "HTTP2-Settings",
    "AAMAAABkAARAAAAAAAIAAAAA",
    "Proxy-Authorization",
    "Basic x",
    "Expect",
    "100-continue",
    "Own-Hop",
    "1",
    "Authorization",
    "Bearer t",
    "X-Hop",
    "a",
    "X-Claims",
    "a",
    "Cookie",
    "c=d",
  ]);
  assert.deepEqual(headers.raw.slice(0, 6), ["Authorization", "Bearer t", "X-Claims", "a", "Cookie", "c=d"]);
  assert.equal(headers.first("X-Forwarded-For"), "192.0.2.7");
  assert.equal(headers.has("Own-Hop"), false);
  assert.equal(headers.size, 7);
});

test("two values for a field that has one are refused", () => {
  for (const name of ["Authorization", "Content-Type", "Content-Length", "Origin", "Sec-WebSocket-Key"]) {
    assert.equal(
      reason("/a", ["Host", "api.example", name, "1", name.toLowerCase(), "1"]),
      "400 DuplicateHeader",
      name,
    );
  }
  assert.deepEqual(accepted("/a", ["Host", "a", "Accept", "x", "Accept", "y"]).headers.all("accept"), ["x", "y"]);
});

test("names that mean something to JavaScript are names like any other", () => {
  const { headers } = accepted("/a", ["Host", "a", "constructor", "1", "hasOwnProperty", "2", "toString", "3"]);
  assert.deepEqual(headers.raw.slice(0, 6), ["constructor", "1", "hasOwnProperty", "2", "toString", "3"]);
});

test("a request that comes round is stopped", () => {
  const via = (n: number) => ["Host", "a", ...Array.from({ length: n }, () => ["Via", `1.1 ${PSEUDONYM}`]).flat()];
  assert.equal(reason("/a", via(2)), undefined);
  assert.equal(reason("/a", via(3)), "508 LoopDetected");
  assert.equal(
    reason("/a", ["Host", "a", "Via", `1.1 ${PSEUDONYM}, 1.0 x, 1.1 ${PSEUDONYM}, 1.1 ${PSEUDONYM}`]),
    "508 LoopDetected",
  );
});

test("a canonical path is a fixed point, and decodes to what the caller meant", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "a",
      "B",
      "/",
      ".",
      "..",
      "%2e",
      "%2F",
      "%5c",
      "%25",
      "%61",
      ";",
      "%3B",
      "\\",
      "%00",
      "%c3%a4",
      "%C0%AE",
      "|",
      "%7c",
      " ",
      "#",
      "?",
      "~",
      "%7E",
      "rev=1",
      "%",
      "%2",
      "%25%32%66",
    ),
    fc.string({ minLength: 1, maxLength: 3, unit: "binary-ascii" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = `/${pieces.join("")}`.split("?")[0];
      const path = canonicalPath(target);
      if (path === undefined) return;
      assert.equal(canonicalPath(path), path);
      const decoded = decodeURIComponent(path);
      assert.equal(decoded, decodeURIComponent(target));
      assert.doesNotMatch(path, /%2f|%5c|%00|\/\/|\\|\/\.{1,2}(?:[/;]|$)/i);
      // What a WHATWG or RFC 3986 reader makes of it is the same path.
      assert.equal(canonicalPath(new URL(`http://a${path}`).pathname), path);
    }),
    { numRuns: 20_000 },
  );
});
