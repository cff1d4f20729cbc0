/** What a genuine token must say: lifetime, audience, claims. */
import type { Exchange } from "../../kit/exchange.ts";
import type { Jwt } from "../../kit/jwt.ts";
import type { Value } from "../../kit/value.ts";
import { problemOf, type TokenProblem } from "./jwt-text.ts";

export interface ClaimRule {
  readonly name: Value<string>;
  readonly match: Value<string>;
  readonly separator: Value<string> | undefined;
  readonly values: readonly Value<string>[];
}

export interface LifetimeRules {
  readonly requireExpiration: Value<boolean>;
  readonly skewSeconds: (x: Exchange) => number;
}

/** RFC 7519 sections 4.1.4 to 4.1.6; dates that are no finite numbers make the token invalid. */
export function lifetimeProblem(jwt: Jwt, rules: LifetimeRules, x: Exchange): TokenProblem | undefined {
  const odd = jwt.undatedClaim;
  if (odd !== undefined) {
    return problemOf("JwtInvalid", `The claim ${odd} is not a date.`, {
      claim: odd,
      expected: "a number of seconds",
      found: shown(jwt, odd),
    });
  }
  const now = x.clock.now();
  const skewMs = rules.skewSeconds(x) * 1000;
  if (jwt.expiresAt === undefined) {
    if (!rules.requireExpiration.get(x)) return notYetProblem(jwt, now, skewMs);
    return problemOf("JwtInvalid", "The token has no expiration time.", {
      claim: "exp",
      expected: "a date",
      found: "(none)",
    });
  }
  if (now - skewMs >= jwt.expiresAt) {
    const expired = dateText(jwt.expiresAt);
    return problemOf("TokenExpired", `The token expired at ${expired}.`, {
      claim: "exp",
      expected: `after ${dateText(now)}`,
      found: expired,
      clockSkewSeconds: skewMs / 1000,
    });
  }
  return notYetProblem(jwt, now, skewMs);
}

function notYetProblem(jwt: Jwt, now: number, skewMs: number): TokenProblem | undefined {
  if (jwt.notBefore === undefined || now + skewMs >= jwt.notBefore) return undefined;
  const from = dateText(jwt.notBefore);
  return problemOf("JwtInvalid", `The token is not valid before ${from}.`, {
    claim: "nbf",
    expected: `not after ${dateText(now)}`,
    found: from,
    clockSkewSeconds: skewMs / 1000,
  });
}

/** Any one of the audiences: exact comparison, case included. */
export function audienceProblem(jwt: Jwt, audiences: readonly Value<string>[], x: Exchange): TokenProblem | undefined {
  if (audiences.length === 0) return undefined;
  let isAllowed = false;
  for (const audience of audiences) if (jwt.audiences.includes(audience.get(x))) isAllowed = true;
  if (isAllowed) return undefined;
  const allowed = audiences.map((a) => a.get(x));
  return problemOf("TokenAudienceNotAllowed", `The audience ${quote(jwt.audiences)} is not one of ${quote(allowed)}.`, {
    claim: "aud",
    expected: allowed,
    found: shown(jwt, "aud"),
  });
}

export function requiredClaimProblem(jwt: Jwt, claims: readonly ClaimRule[], x: Exchange): TokenProblem | undefined {
  if (claims.length === 0) return undefined;
  const missing = claims.map((c) => c.name.get(x)).filter((name) => !jwt.claims.has(name));
  if (missing.length > 0) {
    return problemOf("TokenClaimNotFound", `JWT is missing the following claims: ${missing.join(", ")}.`, {
      claim: missing.join(", "),
      expected: "present",
      found: "(none)",
    });
  }
  for (const claim of claims) {
    const name = claim.name.get(x);
    const separator = claim.separator?.get(x);
    const held = (jwt.claims.get(name) ?? []).flatMap((v) => (separator ? v.split(separator) : [v]));
    const wanted = claim.values.map((v) => v.get(x));
    const isAny = claim.match.get(x).toLowerCase() === "any";
    if (wanted.length === 0 || (isAny ? wanted.some((w) => held.includes(w)) : wanted.every((w) => held.includes(w))))
      continue;
    return problemOf(
      "TokenClaimValueNotAllowed",
      `Claim ${name} value of ${held.join(", ").slice(0, 200)} is not allowed.`,
      { claim: name, expected: wanted, match: isAny ? "any" : "all", found: shown(jwt, name) },
    );
  }
  return undefined;
}

const MAX_SHOWN = 20;

/** Values of a claim, as far as a log line bears. */
export function shown(jwt: Jwt, claim: string): readonly string[] {
  return (jwt.claims.get(claim) ?? []).slice(0, MAX_SHOWN).map((v) => v.slice(0, 200));
}

function quote(texts: readonly string[]): string {
  if (texts.length === 0) return "(none)";
  return texts
    .slice(0, MAX_SHOWN)
    .map((t) => JSON.stringify(t.slice(0, 200)))
    .join(", ");
}

/** Numbers beyond what a date can be are told as they are. */
function dateText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms / 1000} s`;
}
