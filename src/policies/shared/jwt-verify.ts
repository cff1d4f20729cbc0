/** From the text of a token to a verified Jwt: strict syntax, signature by configured keys only, remembered until keys change. */
import { hash } from "node:crypto";
import { compactDecrypt, compactVerify, errors } from "jose";
import type { KeyObject } from "node:crypto";
import { Jwt } from "../../kit/jwt.ts";
import type { Services } from "../../kit/services.ts";
import { isUnambiguous } from "./json-members.ts";
import type { VerificationKey } from "./jwt-keys.ts";
import type { KeySet, OpenIdKeys } from "./openid-keys.ts";

export interface TokenProblem {
  /** LastError.Reason. */
  readonly reason: string;
  readonly message: string;
  /** The token may well be good, but its provider's keys cannot be had. */
  readonly isOutage?: boolean;
}

export interface VerifyOptions {
  readonly keys: readonly VerificationKey[];
  readonly providers: readonly OpenIdKeys[];
  readonly decryptionKeys: readonly KeyObject[];
}

export interface VerifiedToken {
  readonly jwt: Jwt;
  /** Issuers named by the documents of those providers whose key signed the token; of all when a key of the policy did. */
  readonly providerIssuers: readonly string[];
}

const MAX_TOKEN_LENGTH = 64 * 1024;
/** Characters of all tokens that are remembered: some thousands of usual size. */
const MAX_REMEMBERED_LENGTH = 8 * 1024 * 1024;

interface Remembered {
  readonly token: VerifiedToken;
  /** Versions of the providers' key sets it was verified with. */
  readonly versions: string;
  readonly length: number;
}

type Verdict = VerifiedToken | TokenProblem;

/** Verifies tokens for one policy. What was verified is remembered by the digest of the whole token. */
export class TokenVerifier {
  readonly #options: VerifyOptions;
  readonly #remembered = new Map<string, Remembered>();
  #rememberedLength = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  verify(text: string, requireSigned: boolean, services: Services): Verdict | Promise<Verdict> {
    if (text.length > MAX_TOKEN_LENGTH) return invalid("the token is too long");
    const digest = hash("sha256", text, "base64");
    const found = this.#remembered.get(digest);
    if (found !== undefined && found.versions === this.#versions(services)) return found.token;
    return this.#verifyFresh(text, digest, requireSigned, services);
  }

  #versions(services: Services): string {
    const { providers } = this.#options;
    if (providers.length === 0) return "";
    if (providers.length === 1) return String(providers[0].current(services)?.version);
    return versionsOf(providers.map((p) => p.current(services)));
  }

  async #verifyFresh(text: string, digest: string, requireSigned: boolean, services: Services): Promise<Verdict> {
    const signed = text.split(".").length === 5 ? await this.#decrypt(text) : text;
    if (typeof signed !== "string") return signed;
    const parsed = parseStrict(signed);
    if ("reason" in parsed) return parsed;
    const { providers } = this.#options;
    let sets = await Promise.all(providers.map((p) => p.get(services)));
    if (parsed.alg === "none" || parsed.signature === "") return unsigned(parsed, sets, requireSigned);
    let signer = await this.#signer(signed, parsed, sets);
    if ("reason" in signer && signer.reason === "TokenSignatureKeyNotFound" && providers.length > 0) {
      sets = await Promise.all(providers.map((p) => p.renewed(services)));
      signer = await this.#signer(signed, parsed, sets);
    }
    if ("reason" in signer) return signer;
    const token = { jwt: new Jwt(parsed.header, parsed.payload), providerIssuers: issuersOf(signer, sets) };
    this.#remember(digest, text.length, { token, versions: versionsOf(sets) });
    return token;
  }

  #remember(digest: string, length: number, entry: Omit<Remembered, "length">): void {
    this.#rememberedLength += length - (this.#remembered.get(digest)?.length ?? 0);
    this.#remembered.set(digest, { ...entry, length });
    for (const [oldest, { length: freed }] of this.#remembered) {
      if (this.#rememberedLength <= MAX_REMEMBERED_LENGTH) break;
      this.#remembered.delete(oldest);
      this.#rememberedLength -= freed;
    }
  }

  /** The key that made the signature. */
  async #signer(
    text: string,
    token: ParsedToken,
    sets: readonly (KeySet | undefined)[],
  ): Promise<VerificationKey | TokenProblem> {
    const { alg, kid } = token;
    const all = [...this.#options.keys, ...sets.flatMap((s) => s?.keys ?? [])];
    const named = kid === undefined ? [] : all.filter((k) => k.id === kid);
    // A key set whose key ids do not match says nothing of keys without id, so these are tried all the same.
    const fitting = named.length > 0 ? named : all.filter((k) => kid === undefined || k.id === undefined);
    const candidates = fitting.filter((k) => k.algorithms.includes(alg));
    if (candidates.length === 0) {
      if (sets.includes(undefined))
        return {
          ...problemOf("TokenSignatureKeyNotFound", "The keys of the OpenID provider are not available."),
          isOutage: true,
        };
      return problemOf(
        "TokenSignatureKeyNotFound",
        `No key fits key id ${describe(kid)} and algorithm ${describe(alg)}.`,
      );
    }
    for (const candidate of candidates) {
      try {
        await compactVerify(text, candidate.key, { algorithms: [...candidate.algorithms] });
        return candidate;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return problemOf("TokenSignatureInvalid", "The signature of the token does not match.");
  }

  async #decrypt(text: string): Promise<string | TokenProblem> {
    for (const key of this.#options.decryptionKeys) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(text, key);
        if (protectedHeader.zip !== undefined) return invalid("compressed tokens are not accepted");
        return new TextDecoder("utf-8", { fatal: true }).decode(plaintext);
      } catch {
        // The next key may fit.
      }
    }
    return problemOf("TokenSignatureKeyNotFound", "The token is encrypted and no decryption key fits.");
  }
}

/** Versions of key sets, to be compared. */
function versionsOf(sets: readonly (KeySet | undefined)[]): string {
  return sets.map((set) => String(set?.version)).join();
}

/**
 * A provider speaks for itself alone: its key must not make tokens of another issuer. Several documents of one provider may share keys
 * (Entra's versions 1 and 2), so all that have this one count.
 */
function issuersOf(signer: VerificationKey, sets: readonly (KeySet | undefined)[]): string[] {
  const known = sets.filter((set) => set !== undefined);
  const having = known.filter((set) => set.keys.some((k) => k === signer || k.key.equals(signer.key)));
  return (having.length > 0 ? having : known).map((set) => set.issuer);
}

function unsigned(token: ParsedToken, sets: readonly (KeySet | undefined)[], requireSigned: boolean): Verdict {
  if (token.alg !== "none" || token.signature !== "" || requireSigned) {
    return problemOf("TokenSignatureInvalid", "The token is not signed.");
  }
  return {
    jwt: new Jwt(token.header, token.payload),
    providerIssuers: sets.flatMap((set) => (set ? [set.issuer] : [])),
  };
}

interface ParsedToken {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
  readonly signature: string;
}

/** Splits a compact JWS (RFC 7515 section 7.1); whatever decoders could read in two ways is refused. */
function parseStrict(text: string): ParsedToken | TokenProblem {
  const parts = text.split(".");
  if (parts.length !== 3) return invalid("a token has three parts");
  if (!parts.every(isCanonicalBase64Url)) return invalid("a part is not base64url");
  const header = parseJsonPart(parts[0]);
  const payload = parseJsonPart(parts[1]);
  if (header === undefined || payload === undefined)
    return invalid("header and payload are not JSON objects of one meaning");
  // RFC 7515 section 4.1.11: an extension that is not understood must be refused; RFC 7797 (b64) is one.
  if (header.crit !== undefined || header.b64 !== undefined)
    return invalid("it uses extensions that are not supported");
  const { alg, kid } = header;
  if (typeof alg !== "string") return invalid("alg is no string");
  if (kid !== undefined && typeof kid !== "string") return invalid("kid is no string");
  return { alg, kid, header, payload, signature: parts[2] };
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

function problemOf(reason: string, message: string): TokenProblem {
  return { reason, message: `${message} Access denied.` };
}

function invalid(why: string): TokenProblem {
  return problemOf("JwtInvalid", `The token is malformed: ${why}.`);
}

function describe(value: string | undefined): string {
  return value === undefined ? "(none)" : JSON.stringify(value.slice(0, 100));
}
