/**
 * Messages to try parsers with: mostly well-formed, some with a choice from what attackers and broken software send, and then mutated
 * octet by octet. Latin-1 text stands for octets.
 */
import type { Random } from "./random.ts";

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "HEAD",
  "OPTIONS",
  "DELETE",
  "PATCH",
  "TRACE",
  "get",
  "FOO",
  "PRI",
  "M-SEARCH",
  "",
];
const TARGETS = [
  "/",
  "/a/b?c=d",
  "http://h/x",
  "HTTPS://h:1/",
  "*",
  "h:80",
  "/%2e%2e/",
  "/\xe4",
  "/a b",
  "/#f",
  "",
  "//x",
];
const VERSIONS = [
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/1.2",
  "HTTP/2.0",
  "HTTP/0.9",
  "http/1.1",
  "HTTP/1.1 ",
  "",
];
const LINE_ENDS = ["\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", " \r\n"];
const HOSTS = ["h", "a.example:8080", "[::1]:80", "", "a@b", "a/b", "a, b", "h."];
const LENGTHS = ["0", "1", "3", "5", "05", "+3", "-1", "3, 3", "0x3", "", "3 ", "99999999999999999999", "3;", "1_0"];
const CODINGS = [
  "chunked",
  "chunked",
  "Chunked",
  "gzip, chunked",
  "chunked, chunked",
  "identity",
  "xchunked",
  "chunked;q=1",
  "",
];
const NAMES = ["X-A", "Accept", "x_y", "__proto__", "A b", "", ":", "X\x00", "X-A ", "\xe4"];
const VALUES = [
  "b",
  "",
  "a b",
  "\t x \t",
  "a\x00b",
  "\x01",
  "a\x7f",
  "\xe4\xff",
  "a\rb",
  "a\nb",
  "a\r\n b",
  "x".repeat(40),
];
const CONNECTIONS = ["close", "keep-alive", "Close", "x, close", "te", "keep-alive, x"];
const STATUSES = [
  "200 OK",
  "200",
  "200 ",
  "204 No Content",
  "304 Not Modified",
  "100 Continue",
  "103 Early",
  "404 Not\tFound",
  "999 X",
  "000 X",
  "20 X",
  "2000 X",
  "200 a\x01b",
  "200\tOK",
];

export function generateRequests(random: Random): string {
  let text = random.chance(0.05) ? random.pick(["\r\n", "\n", "\r\n\r\n", " "]) : "";
  const count = random.chance(0.3) ? 2 : 1;
  for (let i = 0; i < count; i++) text += request(random);
  return random.chance(0.3) ? mutate(random, text) : text;
}

export function generateResponse(random: Random): string {
  let text = "";
  while (random.chance(0.1))
    text += `HTTP/1.1 ${random.pick(["100 Continue", "103 Early Hints"])}\r\n${random.chance(0.3) ? "Link: x\r\n" : ""}\r\n`;
  const version = usual(random, VERSIONS, 0.95, "HTTP/1.1");
  const status = usual(random, STATUSES, 0.7, "200 OK");
  text += `${version} ${status}${lineEnd(random)}${message(random)}`;
  return random.chance(0.3) ? mutate(random, text) : text;
}

function request(random: Random): string {
  const blank = random.chance(0.97) ? " " : random.pick(["  ", "\t", ""]);
  const method = usual(random, METHODS, 0.9, random.pick(["GET", "POST"]));
  const target = usual(random, TARGETS, 0.9, "/a");
  const version = usual(random, VERSIONS, 0.93, "HTTP/1.1");
  const host = random.chance(0.96) ? `Host: ${usual(random, HOSTS, 0.95, "h")}\r\n` : "";
  const expect = random.chance(0.03) ? `Expect: ${random.pick(["100-continue", "junk"])}\r\n` : "";
  return `${method}${blank}${target}${blank}${version}${lineEnd(random)}${host}${expect}${message(random)}`;
}

/** Fields, the empty line, and a body that fits them or not. */
function message(random: Random): string {
  let fields = "";
  for (let i = random.below(4); i > 0; i--) fields += field(random);
  const body = "abcdefghij".slice(0, random.below(6));
  const framing = random.next();
  if (framing < 0.3) {
    const length = usual(random, LENGTHS, 0.8, String(body.length));
    fields += `${casing(random, "Content-Length")}: ${length}${lineEnd(random)}`;
    // Once more, the same or another.
    if (random.chance(0.05)) fields += `Content-Length: ${random.chance(0.5) ? length : body.length + 1}\r\n`;
  }
  if (framing > 0.25 && framing < 0.6) {
    fields += `${casing(random, "Transfer-Encoding")}: ${usual(random, CODINGS, 0.85, "chunked")}${lineEnd(random)}`;
    if (random.chance(0.03)) fields += "Transfer-Encoding: chunked\r\n";
    return `${fields}\r\n${chunks(random)}`;
  }
  return `${fields}\r\n${random.chance(0.8) && framing >= 0.3 ? "" : body}`;
}

function field(random: Random): string {
  if (random.chance(0.15)) return `${casing(random, "Connection")}: ${random.pick(CONNECTIONS)}${lineEnd(random)}`;
  const colon = random.chance(0.95) ? ": " : random.pick([":", " : ", "", ":\t"]);
  return `${usual(random, NAMES, 0.9, "X-A")}${colon}${usual(random, VALUES, 0.8, "b")}${lineEnd(random)}`;
}

function chunks(random: Random): string {
  let text = "";
  for (let i = random.below(3); i > 0; i--) {
    const data = "klmnopqrstuvwxyz".slice(0, 1 + random.below(12));
    const size = usual(
      random,
      ["0x1", "+1", "", " 1", "1 ", "fffffffffffffffff", "1_0"],
      0.93,
      data.length.toString(16),
    );
    const extension = random.chance(0.85)
      ? ""
      : random.pick([";a", ";a=b", ';a="b\\"c"', "; a", ";", ";a=", ";a=b;c", ';a="', ";\x01", ";a b"]);
    text += `${random.chance(0.1) ? "0" : ""}${size}${extension}${lineEnd(random)}${data}${lineEnd(random)}`;
  }
  const trailers = random.chance(0.85)
    ? ""
    : random.pick([
        "X: y\r\n",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: x\r\n",
        "Host: e\r\n",
        "bad\r\n",
        "X : y\r\n",
        " X: y\r\n",
        "X: a\x01\r\n",
      ]);
  return random.chance(0.95) ? `${text}0${lineEnd(random)}${trailers}${lineEnd(random)}` : text;
}

function usual(random: Random, all: readonly string[], probability: number, one: string): string {
  return random.chance(probability) ? one : random.pick(all);
}

function lineEnd(random: Random): string {
  return random.chance(0.98) ? "\r\n" : random.pick(LINE_ENDS);
}

function casing(random: Random, name: string): string {
  return random.chance(0.8) ? name : random.chance(0.5) ? name.toLowerCase() : name.toUpperCase();
}

const OCTETS = ["\r", "\n", " ", "\t", ":", "\0", "0", "a", ";", ",", "\x7f", "\x80", "\xff", "\r\n", '"', "/"];

function mutate(random: Random, text: string): string {
  let mutated = text;
  for (let i = 1 + random.below(3); i > 0; i--) {
    const at = random.below(mutated.length + 1);
    const removed = random.chance(0.5) ? random.below(3) : 0;
    const added = random.chance(0.7) ? random.pick(OCTETS) : "";
    mutated = mutated.slice(0, at) + added + mutated.slice(at + removed);
  }
  return mutated;
}
