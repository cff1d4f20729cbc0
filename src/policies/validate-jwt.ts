/** validate-jwt: lets a request pass only with a token that is genuine, current, and says what the policy asks for. */
import { bool, string, textString } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import type { Value } from "../kit/value.ts";
import { decryptionKeySpec, policyKeys, signingKeySpec } from "./shared/key-elements.ts";
import { audienceProblem, lifetimeProblem, requiredClaimProblem } from "./shared/jwt-claims.ts";
import { issuerProblem } from "./shared/jwt-issuers.ts";
import type { TokenProblem } from "./shared/jwt-text.ts";
import { TokenVerifier, type VerifiedToken } from "./shared/jwt-verify.ts";
import { openIdKeys } from "./shared/openid-keys.ts";
import {
  audiencesSpec,
  claimRules,
  presentedToken,
  refusalAttributes,
  refuseToken,
  requiredClaimsSpec,
  sourceAttributes,
} from "./shared/token-policy.ts";
import { tokenDoor } from "./shared/token-doors.ts";

export const validateJwt = definePolicy({
  name: "validate-jwt",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Demands a valid JSON Web Token.",
  reference: "https://learn.microsoft.com/azure/api-management/validate-jwt-policy",
  attributes: {
    ...sourceAttributes,
    ...refusalAttributes,
    "require-expiration-time": bool({ default: true, expression: true, doc: "Whether exp is demanded." }),
    "require-scheme": string({
      expression: true,
      doc: "Scheme that the Authorization header must have, for example Bearer.",
    }),
    "require-signed-tokens": bool({ default: true, expression: true, doc: "Whether a signature is demanded." }),
    "clock-skew": string({
      default: "0",
      expression: true,
      doc: "By how much clocks may differ: seconds, or hh:mm:ss.",
    }),
    "output-token-variable-name": string({ doc: "Variable that receives the token as a Jwt." }),
  },
  children: {
    "openid-config": {
      many: true,
      attributes: { url: string({ required: true, doc: "Address of the OpenID configuration." }) },
    },
    "issuer-signing-keys": { children: { key: signingKeySpec } },
    "decryption-keys": { children: { key: decryptionKeySpec } },
    audiences: audiencesSpec,
    issuers: { children: { issuer: { many: true, text: textString({ required: true, expression: true }) } } },
    "required-claims": requiredClaimsSpec,
  },
  compile(config, context) {
    const { children } = config;
    const sources = [config.headerName, config.queryParameterName, config.tokenValue].filter((s) => s !== undefined);
    if (sources.length !== 1) {
      context.error("Give exactly one of header-name, query-parameter-name and token-value", {
        hint: 'Usually header-name="Authorization".',
      });
    }
    const verifier = new TokenVerifier(
      children.openidConfig.filter((c) => isUrl(c.url, c.line, context)).map((c) => openIdKeys(c.url)),
    );
    const keysOf = policyKeys(
      children.issuerSigningKeys?.children.key ?? [],
      children.decryptionKeys?.children.key ?? [],
      context,
    );
    const audiences = (children.audiences?.children.audience ?? []).map((a) => a.text);
    const issuers = (children.issuers?.children.issuer ?? []).map((i) => i.text);
    const claims = claimRules(children.requiredClaims);
    const lifetime = {
      requireExpiration: config.requireExpirationTime,
      skewSeconds: clockSkew(config.clockSkew, context),
    };
    const judge = (x: Exchange, verified: VerifiedToken | TokenProblem): Outcome => {
      const problem =
        "reason" in verified
          ? verified
          : (lifetimeProblem(verified.jwt, lifetime, x) ??
            audienceProblem(verified.jwt, audiences, x) ??
            issuerProblem(verified, issuers, x) ??
            requiredClaimProblem(verified.jwt, claims, x));
      if (problem !== undefined) return refuseToken(config, problem, x);
      if (config.outputTokenVariableName !== undefined)
        x.variables.set(config.outputTokenVariableName, (verified as VerifiedToken).jwt);
      return undefined;
    };
    return (x): Outcome | Promise<Outcome> => {
      const token = presentedToken(config, x);
      if (typeof token !== "string") return refuseToken(config, token, x);
      const verified = verifier.verify(token, config.requireSignedTokens.get(x), keysOf(x), x.services);
      return verified instanceof Promise ? verified.then((v) => judge(x, v)) : judge(x, verified);
    };
  },
  doors({ children, ...config }) {
    const { openidConfig, issuers, audiences } = children;
    // Where a provider is named and no issuers, only its own tokens pass.
    const checksIssuer = openidConfig.length > 0 || (issuers?.children.issuer.length ?? 0) > 0;
    const checksAudience = (audiences?.children.audience.length ?? 0) > 0;
    return [tokenDoor({ ...config, checksIssuer, checksAudience, claims: claimRules(children.requiredClaims) })];
  },
});

function isUrl(text: string, line: number, context: CompileContext): boolean {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return true;
  if (!context.isLoose)
    context.error(`"${text}" is not the address of an OpenID configuration`, {
      line,
      hint: "It ends in /.well-known/openid-configuration.",
    });
  return false;
}

/** Seconds; a mistake in a constant is reported, one of an expression is a fault. */
function clockSkew(value: Value<string>, context: CompileContext): (x: Exchange) => number {
  if (value.constant === undefined)
    return (x) => {
      const seconds = skewSeconds(value.get(x));
      if (seconds === undefined)
        throw new PolicyFault(
          "InvalidClockSkew",
          "The clock-skew of <validate-jwt> is neither seconds nor a time span.",
        );
      return seconds;
    };
  const seconds = skewSeconds(value.constant);
  if (seconds === undefined && !(context.isLoose && value.constant.includes("{{")))
    context.error(`"${value.constant}" is neither a number of seconds nor hh:mm:ss`, { attribute: "clock-skew" });
  return () => seconds ?? 0;
}

/** `300` or `00:05:00`. */
function skewSeconds(text: string): number | undefined {
  const found = /^\s*(?:(\d{1,9})|(\d{1,2}):(\d{1,2}):(\d{1,2}))\s*$/.exec(text);
  if (found === null) return undefined;
  const [, seconds, h, m, s] = found;
  return seconds === undefined ? Number(h) * 3600 + Number(m) * 60 + Number(s) : Number(seconds);
}
