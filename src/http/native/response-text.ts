/**
 * The head of an answer as text. Framing is computed here and nowhere else: what headers say of it is left out. Names, values and
 * reasons are checked, because policies and backends wrote them: nothing of theirs may end a line (RFC 9112 section 11.1).
 */
import { STATUS_CODES } from "node:http";
import { isDigits } from "../authority.ts";
import type { Headers } from "../headers.ts";
import { NO_CONTENT } from "../no-content.ts";
import { isFieldValue } from "./octets.ts";
import { DATE, DROP, INVALID, LENGTH, useOf } from "./outgoing-names.ts";

/** How the body of an answer is delimited (RFC 9112 section 6.3). */
export type Framing = "length" | "chunked" | "close" | "none";

export interface AnswerFacts {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly framing: Framing;
  /** Length of the body, or of the one that another request would get; undefined when it is not known. */
  readonly length: number | undefined;
  readonly closes: boolean;
  /** Value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
}

const UPGRADE_REQUIRED = 426;
const statusLines = new Map(
  Object.entries(STATUS_CODES).map(([status, reason]) => [Number(status), `HTTP/1.1 ${status} ${reason}\r\n`]),
);

/** A header or reason phrase that would break the message; the code is the one node:http gives. */
export class UnsendableAnswer extends Error {
  readonly code = "ERR_INVALID_CHAR";
}

/** Throws UnsendableAnswer. */
export function answerHead({ status, reason, headers, framing, length, closes, hsts }: AnswerFacts): string {
  let head = statusLine(status, reason);
  const { raw } = headers;
  let declared: string | undefined;
  let isDated = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    const use = useOf(name);
    if (use === DROP) continue;
    if (use === LENGTH) {
      declared ??= value;
      continue;
    }
    if (use === INVALID || !isFieldValue(value))
      throw new UnsendableAnswer(`The header ${JSON.stringify(name)} is invalid.`);
    if (use === DATE) {
      if (isDated) continue;
      isDated = true;
    }
    head += `${name}: ${value}\r\n`;
  }
  if (hsts !== undefined && !headers.has("Strict-Transport-Security")) head += `Strict-Transport-Security: ${hsts}\r\n`;
  // When the answer came to be, the backend knows best; where it does not say, that is now (RFC 9110 section 6.6.1).
  if (!isDated) head += `Date: ${date()}\r\n`;
  return `${head}${framingLines(status, framing, length, declared)}${connectionLines(status, headers, closes)}\r\n`;
}

function statusLine(status: number, reason: string): string {
  const known = statusLines.get(status);
  if (known !== undefined && (reason === "" || known.length === reason.length + 15)) {
    if (reason === "" || known.startsWith(reason, 13)) return known;
  }
  if (!Number.isInteger(status) || status < 200 || status > 999) throw new UnsendableAnswer("There is no such status.");
  if (!isFieldValue(reason)) throw new UnsendableAnswer("The reason phrase is invalid.");
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

/** HEAD and 304 tell the length that another request would get, if it is known; 204 never tells one (RFC 9110 section 8.6). */
function framingLines(
  status: number,
  framing: Framing,
  length: number | undefined,
  declared: string | undefined,
): string {
  switch (framing) {
    case "length":
      return `Content-Length: ${length}\r\n`;
    case "chunked":
      return "Transfer-Encoding: chunked\r\n";
    case "close":
      return "";
    case "none":
      if (status === NO_CONTENT) return "";
      if (length) return `Content-Length: ${length}\r\n`;
      return declared !== undefined && isDigits(declared) ? `Content-Length: ${declared}\r\n` : "";
  }
}

/** One answer names a protocol to change to, as a field of the connection (RFC 9110 sections 7.8 and 15.5.22). */
function connectionLines(status: number, headers: Headers, closes: boolean): string {
  const protocols = status === UPGRADE_REQUIRED ? headers.joined("upgrade") : undefined;
  if (protocols !== undefined && isFieldValue(protocols))
    return `Upgrade: ${protocols}\r\nConnection: ${closes ? "close, Upgrade" : "Upgrade"}\r\n`;
  return closes ? "Connection: close\r\n" : "Connection: keep-alive\r\n";
}

let dateSecond = 0;
let dateText = "";

/** HTTP-date (RFC 9110 section 5.6.7), made once a second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
