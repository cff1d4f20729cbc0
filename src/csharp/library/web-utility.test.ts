import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, type CsArray } from "../runtime/values.ts";
import { findImplementation } from "./define.ts";
import { htmlDecode, htmlEncode, urlDecode, urlEncode } from "./web-utility.ts";

test("URL encoding", () => {
  assert.equal(urlEncode("a b&c=d/é?~!*'()-_."), "a+b%26c%3Dd%2F%C3%A9%3F%7E!*%27()-_.");
  assert.equal(urlEncode("\ud800"), "%EF%BF%BD");
  assert.equal(urlEncode(null), null);
  assert.equal(urlEncode(""), "");
});

test("URL decoding", () => {
  const rows: [string, string][] = [
    ["a+b%26c%3Dd%C3%A9", "a b&c=dé"],
    ["%zz%4", "%zz%4"],
    ["%C3a%41", "\ufffdaA"],
    ["plain", "plain"],
    ["%E2%82%AC%2B", "€+"],
  ];
  for (const [text, decoded] of rows) assert.equal(urlDecode(text), decoded);
});

test("HTML encoding", () => {
  assert.equal(
    htmlEncode("<a href=\"x\">'é' & €</a>"),
    "&lt;a href=&quot;x&quot;&gt;&#39;&#233;&#39; &amp; €&lt;/a&gt;",
  );
  assert.equal(htmlEncode("😀\ud800"), "&#128512;\ufffd");
});

test("HTML decoding", () => {
  const rows: [string, string][] = [
    ["&lt;&quot;&apos;&#39;&gt;", "<\"''>"],
    ["&eacute;&Eacute;&euro;&nbsp;&thorn;&yuml;&hearts;", "éÉ€\u00a0þÿ♥"],
    ["&#x1F600;&#128512;&#xD800;&#1114112;", "😀😀&#xD800;&#1114112;"],
    ["&nope;&amp&lt;&;", "&nope;&amp<&;"],
    ["a & b;", "a & b;"],
  ];
  for (const [text, decoded] of rows) assert.equal(htmlDecode(text), decoded);
});

test("URL encoding of bytes", () => {
  const call = (key: string, text: string, offset: number, count: number) => {
    const found = findImplementation("System.Net.WebUtility", key) as (...a: unknown[]) => CsArray;
    const result = found(bytes(new Uint8Array(Buffer.from(text, "latin1"))), offset, count);
    return Buffer.from(result.items as Uint8Array).toString("latin1");
  };
  assert.equal(call("UrlEncodeToBytes(byte[],int,int)", "xa é", 1, 3), "a+%E9");
  assert.equal(call("UrlDecodeToBytes(byte[],int,int)", "a+%E9%", 0, 6), "a é%");
});
