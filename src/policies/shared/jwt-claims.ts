/** What a genuine token must say: lifetime, audience, issuer, claims. */
import type { Exchange } from "../../kit/exchange.ts";
import type { Jwt } from "../../kit/jwt.ts";
import type { Value } from "../../kit/value.ts";
import type { TokenProblem, VerifiedToken } from "./jwt-verify.ts";

export interface ClaimRule {
  readonly name: Value<string>;
  readonly match: Value<string>;
  readonly separator: Value<string> | undefined;
  readonly values: readonly Value<string>[];
}

export interface TokenRules {
  readonly audiences: readonly Value<string>[];
  readonly issuers: readonly Value<string>[];
  readonly claims: readonly ClaimRule[];
  readonly requireExpiration: Value<boolean>;
  readonly skewSeconds: Value<number>;
}

/** RFC 7519 sections 4.1.4 and 4.1.5; dates that are no finite numbers make the token invalid. */
export function lifetimeProblem(jwt: Jwt, rules: TokenRules, x: Exchange): TokenProblem | undefined {
  for (const [name, ms] of [
    ["exp", jwt.expiresAt],
    ["nbf", jwt.notBefore],
    ["iat", jwt.issuedAt],
  ] as const) {
    if (jwt.claims.has(name) && ms === undefined)
      return { reason: "JwtInvalid", message: `The claim ${name} is not a date. Access denied.` };
  }
  const now = x.clock.now();
  const skewMs = rules.skewSeconds.get(x) * 1000;
  if (jwt.expiresAt === undefined && rules.requireExpiration.get(x)) {
    return { reason: "JwtInvalid", message: "The token has no expiration time. Access denied." };
  }
  if (jwt.expiresAt !== undefined && now - skewMs >= jwt.expiresAt) {
    return {
      reason: "TokenExpired",
      message: `The token expired at ${dateText(jwt.expiresAt)}. Access denied.`,
    };
  }
  if (jwt.notBefore !== undefined && now + skewMs < jwt.notBefore) {
    return {
      reason: "JwtInvalid",
      message: `The token is not valid before ${dateText(jwt.notBefore)}. Access denied.`,
    };
  }
  return undefined;
}

/** Audience, issuer and required claims: exact comparison, case included. */
export function claimProblem(
  { jwt, providerIssuers }: VerifiedToken,
  rules: TokenRules,
  x: Exchange,
): TokenProblem | undefined {
  if (rules.audiences.length > 0) {
    const allowed = rules.audiences.map((a) => a.get(x));
    if (!jwt.audiences.some((a) => allowed.includes(a))) {
      return {
        reason: "TokenAudienceNotAllowed",
        message: `The audience ${quote(jwt.audiences)} is not one of ${quote(allowed)}. Access denied.`,
      };
    }
  }
  const issuers = rules.issuers.length > 0 ? rules.issuers.map((i) => i.get(x)) : providerIssuers;
  if (issuers.length > 0 && !issuers.includes(jwt.issuer ?? "")) {
    return {
      reason: "TokenIssuerNotAllowed",
      message: `The issuer ${quote([jwt.issuer ?? ""])} is not one of ${quote(issuers)}. Access denied.`,
    };
  }
  return requiredClaimProblem(jwt, rules.claims, x);
}

function requiredClaimProblem(jwt: Jwt, claims: readonly ClaimRule[], x: Exchange): TokenProblem | undefined {
  const missing = claims.map((c) => c.name.get(x)).filter((name) => !jwt.claims.has(name));
  if (missing.length > 0) {
    return {
      reason: "TokenClaimNotFound",
      message: `JWT is missing the following claims: ${missing.join(", ")}. Access denied.`,
    };
  }
  for (const claim of claims) {
    const name = claim.name.get(x);
    const separator = claim.separator?.get(x);
    const held = (jwt.claims.get(name) ?? []).flatMap((v) => (separator ? v.split(separator) : [v]));
    const wanted = claim.values.map((v) => v.get(x));
    if (wanted.length === 0) continue;
    const isMet =
      claim.match.get(x).toLowerCase() === "any"
        ? wanted.some((w) => held.includes(w))
        : wanted.every((w) => held.includes(w));
    if (!isMet) {
      return {
        reason: "TokenClaimValueNotAllowed",
        message: `Claim ${name} value of ${held.join(", ").slice(0, 200)} is not allowed. Access denied.`,
      };
    }
  }
  return undefined;
}

function quote(texts: readonly string[]): string {
  return texts.length === 0 ? "(none)" : texts.map((t) => JSON.stringify(t.slice(0, 200))).join(", ");
}

/** Numbers beyond what a date can be are told as they are. */
function dateText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms / 1000} s`;
}
