/** What validate-jwt and validate-azure-ad-token have in common: where the token stands, how they refuse, and their shared children. */
import { Headers } from "../../http/headers.ts";
import { int, oneOf, string, textString } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { Refusal } from "../../kit/outcome.ts";
import type { Value } from "../../kit/value.ts";
import type { ClaimRule } from "./jwt-claims.ts";
import type { TokenProblem } from "./jwt-text.ts";

export const sourceAttributes = {
  "header-name": string({ expression: true, doc: "Header with the token." }),
  "query-parameter-name": string({ expression: true, doc: "Query parameter with the token." }),
  "token-value": string({ expression: true, doc: "The token itself, without `Bearer `." }),
} as const;

export const refusalAttributes = {
  "failed-validation-httpcode": int({
    default: 401,
    expression: true,
    min: 400,
    max: 599,
    doc: "Status code of a refusal.",
  }),
  "failed-validation-error-message": string({ expression: true, doc: "Message of a refusal." }),
} as const;

export const audiencesSpec = {
  children: { audience: { many: true, text: textString({ required: true, expression: true }) } },
} as const;

export const requiredClaimsSpec = {
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
} as const;

interface RequiredClaims {
  readonly children: {
    readonly claim: readonly (Omit<ClaimRule, "values"> & {
      readonly children: { readonly value: readonly { readonly text: Value<string> }[] };
    })[];
  };
}

export function claimRules(config: RequiredClaims | undefined): ClaimRule[] {
  return (config?.children.claim ?? []).map((c) => ({ ...c, values: c.children.value.map((v) => v.text) }));
}

export interface TokenSources {
  readonly headerName: Value<string> | undefined;
  readonly queryParameterName: Value<string> | undefined;
  readonly tokenValue: Value<string> | undefined;
  readonly requireScheme?: Value<string> | undefined;
}

/** The one token of a request. Two are one too many: which of them the backend would take is anybody's guess. */
export function presentedToken(sources: TokenSources, x: Exchange): string | TokenProblem {
  if (sources.tokenValue !== undefined) return sources.tokenValue.get(x).trim() || absent("token-value", "is empty");
  if (sources.queryParameterName !== undefined) {
    const name = sources.queryParameterName.get(x);
    const values = x.request.url.parameter(name);
    if (values.length !== 1)
      return absent(`query parameter ${name}`, values.length === 0 ? "is missing" : "is there more than once");
    return values[0] || absent(`query parameter ${name}`, "is empty");
  }
  const header = sources.headerName?.get(x) ?? "Authorization";
  const values = x.request.headers.all(header);
  if (values.length !== 1)
    return absent(`header ${header}`, values.length === 0 ? "is missing" : "is there more than once");
  const value = values[0].trim();
  if (header.toLowerCase() !== "authorization") return value || absent(`header ${header}`, "is empty");
  const space = value.indexOf(" ");
  const scheme = space < 0 ? "" : value.slice(0, space);
  const required = sources.requireScheme?.get(x);
  if (required !== undefined && scheme.toLowerCase() !== required.toLowerCase())
    return absent(`header ${header}`, `has not the scheme ${required}`);
  return (space < 0 ? value : value.slice(space + 1).trim()) || absent(`header ${header}`, "is empty");
}

function absent(where: string, why: string): TokenProblem {
  return {
    reason: "TokenNotPresent",
    message: "JWT not present.",
    detail: { expected: `a token in ${where}`, found: why },
  };
}

/** What a caller is told unless the policy says otherwise; who runs the gateway finds more in LastError, trace and log. */
const PUBLIC: Readonly<Record<string, string>> = {
  TokenNotPresent: "JWT not present.",
  TokenExpired: "The token is expired.",
};

interface RefusalTexts {
  readonly failedValidationHttpcode: Value<number>;
  readonly failedValidationErrorMessage: Value<string> | undefined;
}

export function refuseToken(texts: RefusalTexts, problem: TokenProblem, x: Exchange): Refusal {
  const { reason, message, detail } = problem;
  // Nothing is wrong with the token as far as anybody knows: the caller should try again, not sign in again.
  if (problem.isOutage)
    return new Refusal(503, reason, message, {
      publicMessage: "Service unavailable",
      headers: Headers.of([["Retry-After", "30"]]),
      detail,
    });
  return new Refusal(texts.failedValidationHttpcode.get(x), reason, message, {
    publicMessage:
      texts.failedValidationErrorMessage?.get(x) ??
      PUBLIC[reason] ??
      "Unauthorized. Access token is missing or invalid.",
    detail,
  });
}
