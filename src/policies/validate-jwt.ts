/** validate-jwt: lets a request pass only with a token that is genuine, current, and says what the policy asks for. */
import { createPrivateKey, createSecretKey, type KeyObject } from "node:crypto";
import { Headers } from "../http/headers.ts";
import { bool, int, oneOf, string, textString } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, Refusal } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import type { Value } from "../kit/value.ts";
import { claimProblem, lifetimeProblem } from "./shared/jwt-claims.ts";
import { certificateKey, type KeyProblem, rsaKey, secretKey, type VerificationKey } from "./shared/jwt-keys.ts";
import { type TokenProblem, TokenVerifier, type VerifiedToken } from "./shared/jwt-verify.ts";
import { openIdKeys } from "./shared/openid-keys.ts";

const keySpec = {
  many: true,
  attributes: {
    id: string({ doc: "Key id to match with the token's kid." }),
    "certificate-id": string({ doc: "Certificate whose key it is." }),
    n: string({ doc: "Modulus of an RSA key, base64url." }),
    e: string({ doc: "Exponent of an RSA key, base64url." }),
  },
  text: textString({ expression: true, doc: "A symmetric key, base64." }),
} as const;

export const validateJwt = definePolicy({
  name: "validate-jwt",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Demands a valid JSON Web Token.",
  reference: "https://learn.microsoft.com/azure/api-management/validate-jwt-policy",
  attributes: {
    "header-name": string({ expression: true, doc: "Header with the token." }),
    "query-parameter-name": string({ expression: true, doc: "Query parameter with the token." }),
    "token-value": string({ expression: true, doc: "The token itself, without `Bearer `." }),
    "failed-validation-httpcode": int({
      default: 401,
      expression: true,
      min: 400,
      max: 599,
      doc: "Status code of a refusal.",
    }),
    "failed-validation-error-message": string({ expression: true, doc: "Message of a refusal." }),
    "require-expiration-time": bool({ default: true, expression: true, doc: "Whether exp is demanded." }),
    "require-scheme": string({
      expression: true,
      doc: "Scheme that the Authorization header must have, for example Bearer.",
    }),
    "require-signed-tokens": bool({ default: true, expression: true, doc: "Whether a signature is demanded." }),
    "clock-skew": int({ default: 0, expression: true, min: 0, doc: "Seconds by which clocks may differ." }),
    "output-token-variable-name": string({ doc: "Variable that receives the token as a Jwt." }),
  },
  children: {
    "openid-config": {
      many: true,
      attributes: { url: string({ required: true, doc: "Address of the OpenID configuration." }) },
    },
    "issuer-signing-keys": { children: { key: keySpec } },
    "decryption-keys": { children: { key: keySpec } },
    audiences: { children: { audience: { many: true, text: textString({ required: true, expression: true }) } } },
    issuers: { children: { issuer: { many: true, text: textString({ required: true, expression: true }) } } },
    "required-claims": {
      children: {
        claim: {
          many: true,
          attributes: {
            name: string({ required: true, expression: true, doc: "Name of the claim." }),
            match: oneOf(["all", "any"], {
              default: "all",
              expression: true,
              doc: "Whether all values or any one must be there.",
            }),
            separator: string({ expression: true, doc: "Splits a claim of several values in one string." }),
          },
          children: { value: { many: true, text: textString({ default: "", expression: true }) } },
        },
      },
    },
  },
  compile(config, context) {
    const { children } = config;
    const sources = [config.headerName, config.queryParameterName, config.tokenValue].filter((s) => s !== undefined);
    if (sources.length !== 1) {
      context.error("Give exactly one of header-name, query-parameter-name and token-value", {
        hint: 'Usually header-name="Authorization".',
      });
    }
    const verifier = new TokenVerifier({
      keys: signingKeys(children.issuerSigningKeys?.children.key ?? [], context),
      providers: children.openidConfig.filter((c) => isUrl(c.url, context)).map((c) => openIdKeys(c.url)),
      decryptionKeys: decryptionKeys(children.decryptionKeys?.children.key ?? [], context),
    });
    const rules = {
      audiences: (children.audiences?.children.audience ?? []).map((a) => a.text),
      issuers: (children.issuers?.children.issuer ?? []).map((i) => i.text),
      claims: (children.requiredClaims?.children.claim ?? []).map((c) => ({
        ...c,
        values: c.children.value.map((v) => v.text),
      })),
      requireExpiration: config.requireExpirationTime,
      skewSeconds: config.clockSkew,
    };
    const refuse = (x: Exchange, problem: TokenProblem): Outcome => {
      // Nothing is wrong with the token as far as anybody knows: the caller should try again, not sign in again.
      if (problem.isOutage)
        return new Refusal(503, problem.reason, problem.message, {
          publicMessage: "Service unavailable",
          headers: retryLater(),
        });
      return new Refusal(config.failedValidationHttpcode.get(x), problem.reason, problem.message, {
        publicMessage:
          config.failedValidationErrorMessage?.get(x) ??
          PUBLIC[problem.reason] ??
          "Unauthorized. Access token is missing or invalid.",
      });
    };
    const judge = (x: Exchange, verified: VerifiedToken | TokenProblem): Outcome => {
      if ("reason" in verified) return refuse(x, verified);
      const problem = lifetimeProblem(verified.jwt, rules, x) ?? claimProblem(verified, rules, x);
      if (problem !== undefined) return refuse(x, problem);
      if (config.outputTokenVariableName !== undefined) x.variables.set(config.outputTokenVariableName, verified.jwt);
      return undefined;
    };
    return (x): Outcome | Promise<Outcome> => {
      const token = findToken(config, x);
      if (token === undefined) return refuse(x, { reason: "TokenNotPresent", message: "JWT not present." });
      const verified = verifier.verify(token, config.requireSignedTokens.get(x), x.services);
      return verified instanceof Promise ? verified.then((v) => judge(x, v)) : judge(x, verified);
    };
  },
});

const retryLater = () => Headers.of([["Retry-After", "30"]]);

/** What a caller is told unless the policy says otherwise; the operator finds more in LastError and the trace. */
const PUBLIC: Readonly<Record<string, string>> = {
  TokenNotPresent: "JWT not present.",
  TokenExpired: "The token is expired.",
};

interface TokenSources {
  readonly headerName: Value<string> | undefined;
  readonly queryParameterName: Value<string> | undefined;
  readonly tokenValue: Value<string> | undefined;
  readonly requireScheme: Value<string> | undefined;
}

function findToken(sources: TokenSources, x: Exchange): string | undefined {
  if (sources.tokenValue !== undefined) return sources.tokenValue.get(x).trim() || undefined;
  if (sources.queryParameterName !== undefined) {
    const values = x.request.url.parameter(sources.queryParameterName.get(x));
    return values.length === 1 ? values[0] : undefined;
  }
  const header = sources.headerName?.get(x) ?? "Authorization";
  const values = x.request.headers.all(header);
  // Two tokens are one too many: which of them the backend would take is anybody's guess.
  if (values.length !== 1) return undefined;
  const value = values[0].trim();
  if (header.toLowerCase() !== "authorization") return value || undefined;
  const space = value.indexOf(" ");
  const scheme = space < 0 ? "" : value.slice(0, space);
  const required = sources.requireScheme?.get(x);
  if (required !== undefined && scheme.toLowerCase() !== required.toLowerCase()) return undefined;
  return (space < 0 ? value : value.slice(space + 1).trim()) || undefined;
}

function isUrl(text: string, context: CompileContext): boolean {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return true;
  if (!context.isLoose)
    context.error(`"${text}" is not the address of an OpenID configuration`, {
      hint: "It ends in /.well-known/openid-configuration.",
    });
  return false;
}

interface KeyConfig {
  readonly id: string | undefined;
  readonly certificateId: string | undefined;
  readonly n: string | undefined;
  readonly e: string | undefined;
  readonly text: Value<string> | undefined;
  readonly line: number;
}

function signingKeys(configs: readonly KeyConfig[], context: CompileContext): VerificationKey[] {
  return configs.flatMap((config) => {
    const key = signingKey(config, context);
    if (key === undefined) return [];
    if (!("problem" in key)) return [key];
    if (!context.isLoose)
      context.error(`A key of <issuer-signing-keys> cannot be used: ${key.problem}`, { line: config.line });
    return [];
  });
}

function signingKey(config: KeyConfig, context: CompileContext): VerificationKey | KeyProblem | undefined {
  if (config.certificateId !== undefined) {
    const certificate = context.snapshot.certificates.get(config.certificateId);
    if (certificate === undefined) return { problem: `there is no certificate "${config.certificateId}"` };
    return certificateKey(certificate.certificate, config.id);
  }
  if (config.n !== undefined && config.e !== undefined) return rsaKey(config.n, config.e, config.id);
  const text = config.text?.constant;
  if (text === undefined) return { problem: "a key is base64 text, a certificate-id, or n and e" };
  return secretKey(text, config.id);
}

function decryptionKeys(configs: readonly KeyConfig[], context: CompileContext): KeyObject[] {
  return configs.flatMap((config) => {
    if (config.certificateId !== undefined) {
      const key = privateKey(context.snapshot.certificates.get(config.certificateId)?.key);
      if (key !== undefined) return [key];
      if (!context.isLoose)
        context.error(`There is no certificate "${config.certificateId}" with a private key`, { line: config.line });
      return [];
    }
    const text = config.text?.constant;
    return text === undefined ? [] : [createSecretKey(Buffer.from(text.replace(/\s+/g, ""), "base64"))];
  });
}

function privateKey(pem: string | undefined): KeyObject | undefined {
  try {
    return pem === undefined ? undefined : createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
