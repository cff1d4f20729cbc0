/** From the text of a token to a verified Jwt: strict syntax, signature by configured keys only, remembered until keys change. */
import { hash } from "node:crypto";
import { compactDecrypt, compactVerify, errors } from "jose";
import type { KeyObject } from "node:crypto";
import { Jwt } from "../../kit/jwt.ts";
import type { Services } from "../../kit/services.ts";
import type { VerificationKey } from "./jwt-keys.ts";
import type { KeySet, OpenIdKeys } from "./openid-keys.ts";

export interface TokenProblem {
  /** LastError.Reason. */
  readonly reason: string;
  readonly message: string;
}

export interface VerifyOptions {
  readonly keys: readonly VerificationKey[];
  readonly providers: readonly OpenIdKeys[];
  readonly decryptionKeys: readonly KeyObject[];
  readonly requireSigned: boolean;
}

export interface VerifiedToken {
  readonly jwt: Jwt;
  /** Issuers that the providers' own documents name. */
  readonly providerIssuers: readonly string[];
}

const MAX_TOKEN_LENGTH = 64 * 1024;
const MAX_REMEMBERED = 10_000;

interface Remembered {
  readonly token: VerifiedToken;
  /** Versions of the providers' key sets it was verified with. */
  readonly versions: string;
}

/** Verifies tokens for one policy. What was verified is remembered by the digest of the whole token. */
export class TokenVerifier {
  readonly #options: VerifyOptions;
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  verify(text: string, services: Services): VerifiedToken | TokenProblem | Promise<VerifiedToken | TokenProblem> {
    if (text.length > MAX_TOKEN_LENGTH) return invalid("the token is too long");
    const digest = hash("sha256", text, "base64");
    const found = this.#remembered.get(digest);
    if (found !== undefined && found.versions === this.#versions(services)) return found.token;
    return this.#verifyFresh(text, digest, services);
  }

  #versions(services: Services): string {
    const { providers } = this.#options;
    if (providers.length === 0) return "";
    if (providers.length === 1) return String(providers[0].current(services)?.version);
    return providers.map((p) => p.current(services)?.version).join();
  }

  async #verifyFresh(text: string, digest: string, services: Services): Promise<VerifiedToken | TokenProblem> {
    const signed = text.split(".").length === 5 ? await this.#decrypt(text) : text;
    if (typeof signed !== "string") return signed;
    const parsed = parseStrict(signed);
    if ("reason" in parsed) return parsed;
    const sets = await Promise.all(this.#options.providers.map((p) => p.get(services)));
    let problem = await this.#checkSignature(signed, parsed, sets);
    if (problem?.reason === "TokenSignatureKeyNotFound" && this.#options.providers.length > 0) {
      problem = await this.#checkSignature(
        signed,
        parsed,
        await Promise.all(this.#options.providers.map((p) => p.renewed(services))),
      );
    }
    if (problem !== undefined) return problem;
    const token = {
      jwt: new Jwt(parsed.header, parsed.payload),
      providerIssuers: sets.flatMap((s) => (s ? [s.issuer] : [])),
    };
    if (this.#remembered.size >= MAX_REMEMBERED)
      this.#remembered.delete(this.#remembered.keys().next().value as string);
    this.#remembered.set(digest, { token, versions: this.#versions(services) });
    return token;
  }

  async #checkSignature(
    text: string,
    token: ParsedToken,
    sets: readonly (KeySet | undefined)[],
  ): Promise<TokenProblem | undefined> {
    const { alg, kid } = token.header;
    if (alg === "none" || token.signature === "") {
      const isUnsigned = alg === "none" && token.signature === "" && !this.#options.requireSigned;
      return isUnsigned ? undefined : problemOf("TokenSignatureInvalid", "The token is not signed.");
    }
    const all = [...this.#options.keys, ...sets.flatMap((s) => s?.keys ?? [])];
    const named = typeof kid === "string" ? all.filter((k) => k.id === kid) : [];
    // A key set whose key ids do not match says nothing of keys without id, so these are tried all the same.
    const candidates = (named.length > 0 ? named : all.filter((k) => kid === undefined || k.id === undefined)).filter(
      (k) => k.algorithms.includes(String(alg)),
    );
    if (candidates.length === 0) {
      const missing = this.#options.providers.length > 0 && sets.every((s) => s === undefined);
      const why = missing
        ? "The keys of the OpenID provider are not available."
        : `No key fits key id ${describe(kid)} and algorithm ${describe(alg)}.`;
      return problemOf("TokenSignatureKeyNotFound", why);
    }
    for (const { key, algorithms } of candidates) {
      try {
        await compactVerify(text, key, { algorithms: [...algorithms] });
        return undefined;
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

interface ParsedToken {
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
  if (header === undefined || payload === undefined) return invalid("header and payload are JSON objects");
  // RFC 7515 section 4.1.11: an extension that is not understood must be refused; RFC 7797 (b64) is one.
  if (header.crit !== undefined || header.b64 !== undefined)
    return invalid("it uses extensions that are not supported");
  return { header, payload, signature: parts[2] };
}

/** base64url without padding whose unused last bits are zero. */
function isCanonicalBase64Url(part: string): boolean {
  return (
    /^[A-Za-z0-9_-]*$/.test(part) &&
    part.length % 4 !== 1 &&
    Buffer.from(part, "base64url").toString("base64url") === part
  );
}

function parseJsonPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url")));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
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

function describe(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(String(value).slice(0, 100));
}
