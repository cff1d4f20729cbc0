/** The text of a token taken apart with no room for two readings (RFC 7515 section 7.1, RFC 8725): what decoders could differ on is refused. */
import type { RefusalDetail } from "../../kit/outcome.ts";
import { isUnambiguous } from "./json-members.ts";

export interface TokenProblem {
  /** LastError.Reason. */
  readonly reason: string;
  readonly message: string;
  /** The token may well be good, but its provider's keys cannot be had. */
  readonly isOutage?: boolean;
  /** Facts for logs and traces. */
  readonly detail?: RefusalDetail;
}

export const MAX_TOKEN_LENGTH = 64 * 1024;

export interface ParsedToken {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
  readonly signature: string;
}

/** Splits a compact JWS. */
export function parseSigned(text: string): ParsedToken | TokenProblem {
  const parts = text.split(".");
  if (parts.length !== 3) return malformed("a token has three parts");
  if (!parts.every(isCanonicalBase64Url)) return malformed("a part is not base64url");
  const header = parseHeader(parts[0]);
  if ("reason" in header) return header;
  const payload = parseJsonPart(parts[1]);
  if (payload === undefined) return malformed("the payload is not a JSON object of one meaning");
  if (payload.iss !== undefined && typeof payload.iss !== "string") return malformed("iss is no text");
  return { ...header, payload, signature: parts[2] };
}

interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly header: Record<string, unknown>;
}

/** Header of a compact JWE, or what is wrong with its five parts. */
export function parseEncrypted(text: string): TokenHeader | TokenProblem {
  const parts = text.split(".");
  if (parts.length !== 5) return malformed("an encrypted token has five parts");
  if (!parts.every(isCanonicalBase64Url)) return malformed("a part is not base64url");
  return parseHeader(parts[0]);
}

function parseHeader(part: string): TokenHeader | TokenProblem {
  const header = parseJsonPart(part);
  if (header === undefined) return malformed("the header is not a JSON object of one meaning");
  // RFC 7515 section 4.1.11: an extension that is not understood must be refused; RFC 7797 (b64) is one.
  if (header.crit !== undefined || header.b64 !== undefined)
    return malformed("it uses extensions that are not supported");
  const { alg, kid } = header;
  if (typeof alg !== "string") return malformed("alg is no string");
  if (kid !== undefined && typeof kid !== "string") return malformed("kid is no string");
  return { alg, kid, header };
}

/** base64url without padding whose unused last bits are zero. */
function isCanonicalBase64Url(part: string): boolean {
  return (
    /^[A-Za-z0-9_-]*$/.test(part) &&
    part.length % 4 !== 1 &&
    Buffer.from(part, "base64url").toString("base64url") === part
  );
}

/** Undefined also for JSON that has more than one reading. */
function parseJsonPart(part: string): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, "base64url"));
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && isUnambiguous(text) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function problemOf(reason: string, message: string, detail?: RefusalDetail): TokenProblem {
  const problem = { reason, message: `${message} Access denied.` };
  return detail === undefined ? problem : { ...problem, detail };
}

export function malformed(why: string): TokenProblem {
  return problemOf("JwtInvalid", `The token is malformed: ${why}.`);
}

/** A text of a token, short enough for a message. */
export function quoted(value: string | undefined): string {
  return value === undefined ? "(none)" : JSON.stringify(value.slice(0, 100));
}
