/**
 * Every octet at every place of a message, against the grammar of RFC 9112 and RFC 9110 written down once more, as sets of characters: what
 * stands in a set is read, all else is refused. And the spellings by which a length or a coding is hidden from one reader and not from another.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "../head-check.ts";
import { ChunkedReader } from "./chunked.ts";
import type { Bytes } from "./octets.ts";
import { readRequestHead } from "./request-head.ts";
import { readResponseHead } from "./response-head.ts";

const OCTETS = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
const DIGIT = "0123456789";
const ALPHA = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** RFC 9110 section 5.6.2. */
const TCHAR = `!#$%&'*+-.^_\`|~${DIGIT}${ALPHA}`;
const HTAB = "\t";
const VCHAR = OCTETS.slice(0x21, 0x7f).join("");
const OBS_TEXT = OCTETS.slice(0x80).join("");
/** field-vchar, SP and HTAB: RFC 9110 section 5.5. */
const FIELD = ` ${HTAB}${VCHAR}${OBS_TEXT}`;
const BLANK = ` ${HTAB}`;

const bytesOf = (text: string) => Buffer.from(text, "latin1") as Bytes;

/** A request is read to its end, or refused. */
function request(text: string): string {
  const bytes = bytesOf(text);
  const head = readRequestHead(bytes, 0, bytes.length, 16_384, 100);
  if (head === undefined) return "waits";
  return isRefusal(head) ? `refused ${head.status}` : `read ${head.isChunked ? "chunked" : head.length}`;
}

function response(text: string): string {
  const bytes = bytesOf(text);
  const head = readResponseHead(bytes, 0, bytes.length);
  if (head === undefined) return "waits";
  return typeof head === "string" ? "refused" : `read ${head.isChunked ? "chunked" : head.length}`;
}

function chunks(text: string): string {
  const bytes = bytesOf(text);
  const reader = new ChunkedReader();
  let content = "";
  const receiver = {
    content: (part: Buffer, start: number, end: number) => {
      content += part.toString("latin1", start, end);
      return true;
    },
  };
  const at = reader.read(bytes, 0, bytes.length, receiver);
  if (reader.isFailed) return "refused";
  return reader.isDone && at === bytes.length ? `read ${content}` : "waits";
}

/** @param allowed the octets with which the message is read; all others are refused */
function everyOctet(read: (text: string) => string, message: (octet: string) => string, allowed: string): void {
  for (const octet of OCTETS) {
    const result = read(message(octet));
    const name = JSON.stringify(message(octet));
    if (allowed.includes(octet)) assert.match(result, /^read/, name);
    else assert.match(result, /^refused/, name);
  }
}

const line = (text: string) => `${text}\r\nHost: a\r\n\r\n`;
const withField = (text: string) => `GET / HTTP/1.1\r\nHost: a\r\n${text}\r\n\r\n`;

test("the request line (RFC 9112 section 3)", () => {
  everyOctet(request, (x) => line(`${x}GET / HTTP/1.1`), "");
  everyOctet(request, (x) => line(`GE${x}T / HTTP/1.1`), "");
  everyOctet(request, (x) => line(`GET${x}/ HTTP/1.1`), " ");
  // Visible ASCII without `#`: section 3.2.
  everyOctet(request, (x) => line(`GET /a${x}b HTTP/1.1`), VCHAR.replace("#", ""));
  everyOctet(request, (x) => line(`GET /${x}HTTP/1.1`), " ");
  everyOctet(request, (x) => line(`GET / ${x}HTTP/1.1`), "");
  everyOctet(request, (x) => line(`GET / HTTP${x}1.1`), "/");
  everyOctet(request, (x) => line(`GET / HTTP/${x}.1`), "1");
  everyOctet(request, (x) => line(`GET / HTTP/1${x}1`), ".");
  everyOctet(request, (x) => line(`GET / HTTP/1.${x}`), "01");
  everyOctet(request, (x) => line(`GET / HTTP/1.1${x}`), "");
  everyOctet(request, (x) => `GET / HTTP/1.1\r${x}Host: a\r\n\r\n`, "\n");
  everyOctet(request, (x) => `GET / HTTP/1.1${x}\nHost: a\r\n\r\n`, "\r");
});

test("fields (RFC 9112 section 5, RFC 9110 section 5.5), of requests and responses alike", () => {
  const answer = (text: string) => `HTTP/1.1 200 OK\r\n${text}\r\n\r\n`;
  for (const [read, message] of [
    [request, withField],
    [response, answer],
  ] as const) {
    everyOctet(read, (x) => message(`${x}: y`), TCHAR);
    // A colon more ends the name sooner; the value then begins with one.
    everyOctet(read, (x) => message(`X${x}Y: y`), `${TCHAR}:`);
    everyOctet(read, (x) => message(`X${x}: y`), `${TCHAR}:`);
    everyOctet(read, (x) => message(`X:${x}`), FIELD);
    everyOctet(read, (x) => message(`X: y${x}z`), FIELD);
    everyOctet(read, (x) => message(`X: y${x}`), FIELD);
    everyOctet(read, (x) => message(`X: y\r${x}Z: z`), "\n");
    everyOctet(read, (x) => message(`X: y${x}\nZ: z`), "\r");
    // Not a fold, not the end.
    everyOctet(read, (x) => message(`X: y\r\n${x}Z: z`), TCHAR);
  }
});

test("Host (RFC 9112 section 3.2, RFC 3986 section 3.2.2 without what no name needs)", () => {
  const host = (text: string) => `GET / HTTP/1.1\r\nHost: ${text}\r\n\r\n`;
  everyOctet(request, (x) => host(`a${x}b`), `${ALPHA}${DIGIT}-._`);
  everyOctet(request, (x) => host(`a:8${x}`), `${DIGIT}${BLANK}`);
  everyOctet(request, (x) => host(`[::${x}1]`), `${DIGIT}abcdefABCDEF`);
  for (const text of ["", "a:b", "a:99999", "a b", "a,b", "a/b", "u@a", "::1", "[::1", "[::1]x", "a..b", ".a", "a."])
    assert.equal(request(host(text)), "refused 400", text);
});

test("Content-Length (RFC 9110 section 8.6): digits, one number, once", () => {
  const length = (text: string) => withField(`Content-Length:${text}`);
  everyOctet(request, (x) => length(` 5${x}`), `${DIGIT}${BLANK}`);
  // No zero in front: those are octal to some.
  everyOctet(request, (x) => length(`${x}5`), `${DIGIT.slice(1)}${BLANK}`);
  for (const text of [
    "",
    "5,5",
    "5, 5",
    "+5",
    "-5",
    "-0",
    "5.0",
    "5e0",
    "0x5",
    "0o5",
    "5_0",
    "5 5",
    '"5"',
    "5;",
    "05",
    "00",
    "9".repeat(16),
  ])
    assert.equal(request(length(text)), "refused 400", text);
  assert.equal(request(withField("Content-Length: 5\r\nContent-Length: 5")), "refused 400");
  assert.equal(request(withField("Content-Length: \r\nContent-Length: 5")), "refused 400");
  const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length:${text}\r\n\r\n`;
  everyOctet(response, (x) => answer(` 5${x}`), `${DIGIT}${BLANK}`);
  everyOctet(response, (x) => answer(`${x}5`), `${DIGIT}${BLANK}`);
});

test("a hidden length or coding is refused, or another field altogether (RFC 9112 sections 5.1, 6.1 and 11.2)", () => {
  const hidden = (gadget: string) => request(`POST / HTTP/1.1\r\n${gadget}\r\nHost: a\r\nContent-Length: 5\r\n\r\n`);
  const name = "Transfer-Encoding";
  for (const x of OCTETS) {
    const other = TCHAR.includes(x) ? "read 5" : undefined;
    for (const [gadget, result] of [
      [`${name}:${x}chunked`, undefined],
      [`${name}: chunked${x}`, undefined],
      [`${name}: chun${x}ked`, undefined],
      [`${name}: chunked${x}X: X`, undefined],
      [`${name}: chunked\r${x}X: X`, undefined],
      [`${name}: chunked${x}\nX: X`, undefined],
      [`${name}${x}: chunked`, other],
      [`${x}${name}: chunked`, other],
      [`X: X${x}${name}: chunked`, FIELD.includes(x) ? "read 5" : undefined],
      [`X: X\r${x}${name}: chunked`, undefined],
      [`X: X${x}\n${name}: chunked`, undefined],
    ] as const)
      assert.match(
        hidden(gadget),
        result === undefined ? /^refused (400|501)$/ : new RegExp(`^${result}$`),
        JSON.stringify(gadget),
      );
  }
  for (const gadget of [
    `${name}: chunked, cow`,
    `${name}: cow, chunked`,
    `${name}: "chunked"`,
    `${name}: 'chunked'`,
    `${name}: chunk`,
    `${name}: chunkedchunked`,
    `${name}: identity`,
    `${name}:`,
    `${name}: cow\r\n${name}: chunked`,
    `${name}: chunked\r\n${name.toLowerCase()}: identity`,
    `${name}:\r\n chunked`,
    `${name}:\r\n\tchunked`,
    `${name}\r\n : chunked`,
    `Transfer-\r\nEncoding: chunked`,
    `Transfer Encoding: chunked`,
    `Transfer\\Encoding: chunked`,
    `${name} x: chunked`,
    `Foo: bar\r\n\r${name}: chunked`,
    `Foo: bar\n\n${name}: chunked`,
    `: ${name}: chunked`,
    `:\r\n${name}: chunked`,
  ])
    assert.match(hidden(gadget), /^refused (400|501)$/, JSON.stringify(gadget));
});

test("the status line (RFC 9112 section 4)", () => {
  const status = (text: string) => `${text}\r\nContent-Length: 0\r\n\r\n`;
  everyOctet(response, (x) => status(`HTTP/${x}.1 200 OK`), "1");
  everyOctet(response, (x) => status(`HTTP/1.${x} 200 OK`), "01");
  everyOctet(response, (x) => status(`HTTP/1.1${x}200 OK`), " ");
  everyOctet(response, (x) => status(`HTTP/1.1 ${x}00 OK`), "12345");
  everyOctet(response, (x) => status(`HTTP/1.1 2${x}0 OK`), DIGIT);
  everyOctet(response, (x) => status(`HTTP/1.1 20${x} OK`), DIGIT);
  everyOctet(response, (x) => status(`HTTP/1.1 200${x}OK`), " ");
  everyOctet(response, (x) => status(`HTTP/1.1 200 O${x}K`), FIELD);
  everyOctet(response, (x) => `HTTP/1.1 200 OK\r${x}X: y\r\n\r\n`, "\n");
  everyOctet(response, (x) => `HTTP/1.1 200 OK${x}\nX: y\r\n\r\n`, "\r");
});

test("codings of responses (RFC 9112 section 6.1)", () => {
  const coded = (text: string) => `HTTP/1.1 200 OK\r\nTransfer-Encoding:${text}\r\n\r\n`;
  everyOctet(response, (x) => coded(`${x}chunked`), BLANK);
  everyOctet(response, (x) => coded(` chunked${x}`), "");
  everyOctet(response, (x) => coded(` chun${x}ked`), "");
});

test("chunks (RFC 9112 section 7.1)", () => {
  const end = "\r\n0\r\n\r\n";
  everyOctet(chunks, (x) => `5\r${x}hello${end}`, "\n");
  everyOctet(chunks, (x) => `5${x}\nhello${end}`, "\r");
  everyOctet(chunks, (x) => `5\r\nhello${x}\n0\r\n\r\n`, "\r");
  everyOctet(chunks, (x) => `5\r\nhello\r${x}0\r\n\r\n`, "\n");
  everyOctet(chunks, (x) => `5\r\nhello\r\n0${x}\n\r\n`, "\r");
  everyOctet(chunks, (x) => `5\r\nhello\r\n0\r\n\r${x}`, "\n");
  // Extensions: names are tokens, values tokens or quoted.
  everyOctet(chunks, (x) => `5${x}a=b\r\nhello${end}`, ";");
  everyOctet(chunks, (x) => `5;${x}\r\nhello${end}`, TCHAR);
  everyOctet(chunks, (x) => `5;a${x}b\r\nhello${end}`, `${TCHAR}=;`);
  everyOctet(chunks, (x) => `5;a=${x}\r\nhello${end}`, TCHAR);
  everyOctet(chunks, (x) => `5;a=b${x}\r\nhello${end}`, TCHAR);
  everyOctet(chunks, (x) => `5;a="b${x}c"\r\nhello${end}`, FIELD.replace('"', ""));
  everyOctet(chunks, (x) => `5;a="b\\${x}c"\r\nhello${end}`, FIELD);
  everyOctet(chunks, (x) => `5;a="b"${x}c\r\nhello${end}`, ";");
  // Trailers are fields.
  everyOctet(chunks, (x) => `5\r\nhello\r\n0\r\n${x}: y\r\n\r\n`, TCHAR);
  everyOctet(chunks, (x) => `5\r\nhello\r\n0\r\nX${x}: y\r\n\r\n`, `${TCHAR}:`);
  everyOctet(chunks, (x) => `5\r\nhello\r\n0\r\nX: y${x}z\r\n\r\n`, FIELD);
  everyOctet(chunks, (x) => `5\r\nhello\r\n0\r\nX: y\r${x}\r\n`, "\n");
  // Hexadecimal digits make another size: what follows does not fit, or has not come.
  for (const x of OCTETS) {
    const isHex = `${DIGIT}abcdefABCDEF`.includes(x);
    assert.match(chunks(`5${x}\r\nhello${end}`), isHex ? /^(waits|refused)$/ : /^refused$/, JSON.stringify(x));
    if (x === "0") assert.equal(chunks(`05\r\nhello${end}`), "read hello");
    else assert.match(chunks(`${x}5\r\nhello${end}`), isHex ? /^(waits|refused)$/ : /^refused$/, JSON.stringify(x));
  }
});

test("chunks that two readers see at different places (RFC 9112 section 11.2)", () => {
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const end of ["\n", "\r", "\rX", "\r\r"]) {
    assert.equal(chunks(`2;${end}xx\r\n4c\r\n0\r\n\r\n${smuggled}`), "refused", JSON.stringify(end));
    assert.equal(chunks(`2;a${end}02\r\nhh\r\n0\r\n\r\n${smuggled}`), "refused", JSON.stringify(end));
  }
  for (const end of ["\n", "\r", "", "XX", "\rX", "\r\r"]) {
    assert.equal(chunks(`5\r\nhello${end}2d\r\n0\r\n\r\n${smuggled}`), "refused", JSON.stringify(end));
    assert.equal(chunks(`5\r\nhelloZZ${end}0\r\n\r\n${smuggled}`), "refused", JSON.stringify(end));
  }
  for (const text of [
    "\r\n\r\n",
    "0_2e\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "-0\r\n\r\n",
    "+0\r\n\r\n",
    "5\r\nhello\r\n\r\n0\r\n\r\n",
    "INVALID\r\n",
    " 0\r\n\r\n",
  ])
    assert.equal(chunks(text), "refused", JSON.stringify(text));
  assert.equal(chunks("0\r\nX:POST / HTTP/1.1\r\n\r\n"), "read ");
});
