import assert from "node:assert/strict";
import { test } from "node:test";
import { CsArray, Ref } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import { combineUri, createUri, UriKind } from "./uri.ts";
import "./uri-builder.ts";
import "./uri-members.ts";

function member(typeName: string) {
  return (key: string, ...args: unknown[]): unknown => {
    const found = findImplementation(typeName, key);
    assert.equal(typeof found, "function", key);
    const result = (found as (...a: unknown[]) => unknown)(...args);
    return result instanceof CsArray ? [...result.items] : result;
  };
}

const call = member("System.Uri");

test("AbsoluteUri and ToString", () => {
  const rows: [text: string, absolute: string, shown?: string][] = [
    [
      "https://user:pw@Example.com:8443/a/b/../c%20d?x=1&y=%C3%A9#frag",
      "https://user:pw@example.com:8443/a/c%20d?x=1&y=%C3%A9#frag",
      "https://user:pw@example.com:8443/a/c d?x=1&y=é#frag",
    ],
    ["https://Example.com/a b?q=é", "https://example.com/a%20b?q=%C3%A9", "https://example.com/a b?q=é"],
    ["https://example.com", "https://example.com/"],
    ["https://example.com:443/x", "https://example.com/x"],
    ["HTTPS://EXAMPLE.com?x=1", "https://example.com/?x=1"],
    ["https://example.com/%41%7e%2f%2F", "https://example.com/A~%2f%2F"],
    ["https://example.com\\a\\b", "https://example.com/a/b"],
    ["https://example.com/100%", "https://example.com/100%25"],
    ["https://example.com/a/./b/../../c/.", "https://example.com/c/"],
    ['https://h/?a={b}|"c"', "https://h/?a=%7Bb%7D%7C%22c%22", 'https://h/?a={b}|"c"'],
    ["https://example.com/%FF", "https://example.com/%FF"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["https://[2001:DB8::0:1]/", "https://[2001:db8::1]/"],
    ["/relative", "file:///relative"],
    ["/a?b#c", "file:///a%3Fb%23c"],
    ["file:///a/b?x", "file:///a/b?x"],
    ["C:\\a\\b", "file:///C:/a/b"],
    ["mailto:a@B.c?subject=x y", "mailto:a@b.c?subject=x%20y", "mailto:a@b.c?subject=x y"],
    ["urn:isbn:123", "urn:isbn:123"],
    ["foo://Host/A/../b?c#d", "foo://host/b?c#d"],
    ["ftp://h/a?b", "ftp://h/a%3Fb"],
    ["  https://h/x  ", "https://h/x"],
  ];
  for (const [text, absolute, shown] of rows) {
    const uri = createUri(text);
    assert.equal(uri.absoluteUri, absolute, text);
    assert.equal(uri.toText(), shown ?? uri.toText(), text);
  }
});

test("parts", () => {
  const rows: [text: string, key: string, value: unknown][] = [
    ["https://example.com/a%2Fb", "AbsolutePath", "/a%2Fb"],
    ["https://example.com/a%2Fb", "LocalPath", "/a/b"],
    ["https://example.com/a/b?x=1", "Query", "?x=1"],
    ["https://example.com/a/b?x=1", "PathAndQuery", "/a/b?x=1"],
    ["https://example.com/a/b", "Segments", ["/", "a/", "b"]],
    ["https://user:pw@example.com/", "UserInfo", "user:pw"],
    ["https://example.com/", "Port", 443],
    ["https://example.com:8443/", "Authority", "example.com:8443"],
    ["foo://example.com/", "Port", -1],
    ["https://[::1]:80/", "Host", "[::1]"],
    ["https://[::1]:80/", "DnsSafeHost", "::1"],
    ["https://[::1]:80/", "HostNameType", 4],
    ["https://127.0.0.1/", "IsLoopback", true],
    ["https://xn--bcher-kva.example/", "IdnHost", "xn--bcher-kva.example"],
    ["https://bücher.example/", "IdnHost", "xn--bcher-kva.example"],
    ["mailto:a@b.c", "Scheme", "mailto"],
    ["mailto:a@b.c", "UserInfo", "a"],
    ["file:///a%20b", "LocalPath", "/a b"],
    ["C:\\a", "LocalPath", "C:\\a"],
    ["https://example.com:443/", "IsDefaultPort", true],
  ];
  for (const [text, key, value] of rows) assert.deepEqual(call(key, createUri(text)), value, `${text} ${key}`);
  const uri = createUri("https://u@example.com:8443/a/b?x#y");
  const left = [0, 1, 2, 3].map((part) => call("GetLeftPart(UriPartial)", uri, part));
  assert.deepEqual(left, [
    "https://",
    "https://u@example.com:8443",
    "https://u@example.com:8443/a/b",
    "https://u@example.com:8443/a/b?x",
  ]);
  const components = (flags: number) => call("GetComponents(UriComponents,UriFormat)", uri, flags, 1);
  assert.deepEqual([16, 32, 48, 13, 132, 64, 8].map(components), [
    "a/b",
    "x",
    "/a/b?x",
    "https://example.com:8443",
    "example.com:8443",
    "y",
    "8443",
  ]);
});

test("relative references", () => {
  const rows: [base: string, reference: string, result: string][] = [
    ["https://example.com/a/b", "c", "https://example.com/a/c"],
    ["https://example.com/a/b/", "c", "https://example.com/a/b/c"],
    ["https://example.com/a/b?x", "?y", "https://example.com/a/b?y"],
    ["https://example.com/a/b?x", "#f", "https://example.com/a/b?x#f"],
    ["https://example.com/a/b?x", "", "https://example.com/a/b?x"],
    ["https://example.com/a/b", "../c/./d", "https://example.com/c/d"],
    ["https://example.com/a/b", "/c", "https://example.com/c"],
    ["https://example.com/a/b", "//other/c", "https://other/c"],
    ["https://example.com/a/b", "http://x/y", "http://x/y"],
  ];
  for (const [base, reference, result] of rows) {
    assert.equal(combineUri(createUri(base), reference).absoluteUri, result, reference);
  }
  const relative = (from: string, to: string) =>
    (call("MakeRelativeUri(Uri)", createUri(from), createUri(to)) as { toText(): string }).toText();
  assert.equal(relative("https://h/a/b/c", "https://h/a/d?x"), "../d?x");
  assert.equal(relative("https://h/a/b", "https://h/a/"), "./");
  assert.equal(relative("https://h/a", "https://other/a"), "https://other/a");
  assert.equal(createUri("/foo", UriKind.Relative).toText(), "/foo");
  assert.equal(createUri("a/b", UriKind.RelativeOrAbsolute).isAbsolute, false);
});

test("what is no URI", () => {
  const rows: [text: string, message: string][] = [
    ["", "Invalid URI: The URI is empty."],
    ["relative", "Invalid URI: The format of the URI could not be determined."],
    ["1a:b", "Invalid URI: The URI scheme is not valid."],
    ["a/b?c:d", "Invalid URI: The URI scheme is not valid."],
    ["a:", "Invalid URI: The format of the URI could not be determined."],
    ["a:b", "Invalid URI: A Dos path must be rooted, for example, 'c:\\\\'."],
    ["file:/a", "Invalid URI: The Authority/Host could not be parsed."],
    ["http:foo", "Invalid URI: The Authority/Host could not be parsed."],
    ["http:///x", "Invalid URI: The hostname could not be parsed."],
    ["http://a b/", "Invalid URI: The hostname could not be parsed."],
    ["http://a:x/", "Invalid URI: Invalid port specified."],
    ["http://a:70000/", "Invalid URI: Invalid port specified."],
  ];
  for (const [text, message] of rows) {
    assert.throws(() => createUri(text), { typeName: "System.UriFormatException", message }, text);
  }
  assert.throws(() => call("Host", createUri("x", UriKind.Relative)), {
    typeName: "System.InvalidOperationException",
    message: "This operation is not supported for a relative URI.",
  });
  const result = new Ref<unknown>(null);
  assert.equal(call("TryCreate(string,UriKind,Uri&)", "nope", UriKind.Absolute, result), false);
  assert.equal(result.v, null);
});

test("escaping", () => {
  const rows: [key: string, text: string, result: string][] = [
    ["EscapeDataString(string)", "a b&c=d/é?~!*'()", "a%20b%26c%3Dd%2F%C3%A9%3F~%21%2A%27%28%29"],
    ["EscapeUriString(string)", "a b&c=d/é?[]#", "a%20b&c=d/%C3%A9?[]#"],
    ["EscapeUriString(string)", "%20", "%2520"],
    ["UnescapeDataString(string)", "a%20b%2Bc+d%C3%A9%zz", "a b+c+dé%zz"],
    ["UnescapeDataString(string)", "%FF%E2%82%41%e2%82%ac", "%FF%E2%82A€"],
  ];
  for (const [key, text, result] of rows) assert.equal(call(key, text), result, text);
  assert.equal(call("HexEscape(char)", 32), "%20");
  const index = new Ref<unknown>(1);
  assert.equal(call("HexUnescape(string,int&)", "a%41", index), 65);
  assert.equal(index.v, 4);
});

test("equality and questions", () => {
  const equal = (a: string, b: string) => call("op_Equality(Uri,Uri)", createUri(a), createUri(b));
  assert.equal(equal("https://example.com/a", "https://EXAMPLE.com/a"), true);
  assert.equal(equal("https://example.com/a#x", "https://u@example.com/a#y"), true);
  assert.equal(equal("https://example.com/a", "https://example.com/A"), false);
  const wellFormed = (text: string, kind: number) => call("IsWellFormedUriString(string,UriKind)", text, kind);
  assert.equal(wellFormed("https://x/a b", UriKind.Absolute), false);
  assert.equal(wellFormed("https://x/a%20b?c=d", UriKind.Absolute), true);
  assert.equal(wellFormed("a/b", UriKind.Relative), true);
  assert.equal(call("CheckHostName(string)", "1.2.3.4"), 3);
  assert.equal(call("CheckHostName(string)", "a_b.example"), 2);
  assert.equal(call("CheckHostName(string)", "a b"), 0);
  assert.equal(call("IsBaseOf(Uri)", createUri("https://h/a/"), createUri("https://h/a/b")), true);
});

test("UriBuilder", () => {
  const build = member("System.UriBuilder");
  const builder = build("new(string)", "https://u:p@example.com/a?x#y");
  assert.equal(build("ToString()", builder), "https://u:p@example.com:443/a?x#y");
  build("Query=", builder, "a=b");
  build("Path=", builder, "c d");
  build("Port=", builder, -1);
  build("UserName=", builder, null);
  build("Password=", builder, "");
  build("Fragment=", builder, null);
  assert.equal(build("ToString()", builder), "https://example.com/c%20d?a=b");
  assert.equal((build("Uri", builder) as { absoluteUri: string }).absoluteUri, "https://example.com/c%20d?a=b");
  assert.equal(build("ToString()", build("new()")), "http://localhost/");
  assert.equal(build("ToString()", build("new(string)", "example.com")), "http://example.com:80/");
  const whole = build("new(string,string,int,string,string)", "https", "h", 1, "a", "?b#c");
  assert.equal(build("ToString()", whole), "https://h:1/a?b#c");
});
