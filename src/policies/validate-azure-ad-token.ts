/** validate-azure-ad-token: lets a request pass only with an access token of Microsoft Entra, from a given tenant and given applications. */
import { string, textString } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import { Constant, type Value } from "../kit/value.ts";
import {
  backendProblem,
  clientProblem,
  entraIssuerProblem,
  type EntraTenant,
  entraTenant,
  EntraVerifiers,
} from "./shared/entra.ts";
import { audienceProblem, lifetimeProblem, requiredClaimProblem } from "./shared/jwt-claims.ts";
import type { TokenProblem } from "./shared/jwt-text.ts";
import type { VerifiedToken } from "./shared/jwt-verify.ts";
import { decryptionKeySpec, policyKeys } from "./shared/key-elements.ts";
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

const applicationIds = (doc: string) =>
  ({ doc, children: { "application-id": { many: true, min: 1, text: textString({ required: true }) } } }) as const;

const LIFETIME = { requireExpiration: new Constant(true), skewSeconds: () => 0 };

export const validateAzureAdToken = definePolicy({
  name: "validate-azure-ad-token",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Demands a valid access token of Microsoft Entra ID.",
  reference: "https://learn.microsoft.com/azure/api-management/validate-azure-ad-token-policy",
  attributes: {
    "tenant-id": string({
      required: true,
      expression: true,
      doc: "Tenant as GUID, domain or URL; organizations or common for many.",
    }),
    ...sourceAttributes,
    "authentication-endpoint": string({
      expression: true,
      doc: "Address of Microsoft Entra, for national clouds; default: entra.authority of the settings.",
    }),
    ...refusalAttributes,
    "output-token-variable-name": string({ doc: "Variable that receives the token as a Jwt." }),
  },
  children: {
    "backend-application-ids": applicationIds("Applications the token may be for, in aud."),
    "client-application-ids": applicationIds("Applications that may call, in appid or azp."),
    audiences: audiencesSpec,
    "required-claims": requiredClaimsSpec,
    "decryption-keys": { children: { key: decryptionKeySpec } },
  },
  compile(config, context) {
    const { children } = config;
    const sources = tokenSources(config, context);
    const tenantOf = tenantReader(config.tenantId, config.authenticationEndpoint, context);
    const verifiers = new EntraVerifiers();
    const keysOf = policyKeys([], children.decryptionKeys?.children.key ?? [], context);
    const clients = idSet(children.clientApplicationIds?.children.applicationId, context);
    const backends = idSet(children.backendApplicationIds?.children.applicationId, context);
    const audiences = (children.audiences?.children.audience ?? []).map((a) => a.text);
    const claims = claimRules(children.requiredClaims);
    const judge = (x: Exchange, tenant: EntraTenant, verified: VerifiedToken | TokenProblem): Outcome => {
      const problem =
        "reason" in verified
          ? verified
          : (lifetimeProblem(verified.jwt, LIFETIME, x) ??
            entraIssuerProblem(verified, tenant) ??
            audienceProblem(verified.jwt, audiences, x) ??
            backendProblem(verified, backends) ??
            clientProblem(verified, clients) ??
            requiredClaimProblem(verified.jwt, claims, x));
      if (problem !== undefined) return refuseToken(config, problem, x);
      if (config.outputTokenVariableName !== undefined)
        x.variables.set(config.outputTokenVariableName, (verified as VerifiedToken).jwt);
      return undefined;
    };
    return (x): Outcome | Promise<Outcome> => {
      const token = presentedToken(sources, x);
      if (typeof token !== "string") return refuseToken(config, token, x);
      const tenant = tenantOf(x);
      const verified = verifiers.of(tenant).verify(token, true, keysOf(x), x.services);
      return verified instanceof Promise ? verified.then((v) => judge(x, tenant, v)) : judge(x, tenant, verified);
    };
  },
  doors({ children, headerName, queryParameterName, tokenValue }) {
    const checksAudience =
      (children.audiences?.children.audience.length ?? 0) > 0 || children.backendApplicationIds !== undefined;
    const isHeaderDefault = queryParameterName === undefined && tokenValue === undefined;
    const claims = claimRules(children.requiredClaims);
    return [tokenDoor({ headerName, isHeaderDefault, checksIssuer: true, checksAudience, claims })];
  },
});

interface SourceConfig {
  readonly headerName: Value<string> | undefined;
  readonly queryParameterName: Value<string> | undefined;
  readonly tokenValue: Value<string> | undefined;
}

const BEARER = new Constant("Bearer");

/** The Authorization header unless the policy says otherwise; there the scheme is Bearer. */
function tokenSources(config: SourceConfig, context: CompileContext) {
  const { headerName, queryParameterName, tokenValue } = config;
  if ([headerName, queryParameterName, tokenValue].filter((s) => s !== undefined).length > 1) {
    context.error("Give one of header-name, query-parameter-name and token-value", {
      hint: "Without any of them the token is taken from the Authorization header.",
    });
  }
  return { headerName, queryParameterName, tokenValue, requireScheme: BEARER };
}

function tenantReader(
  tenantId: Value<string>,
  endpoint: Value<string> | undefined,
  context: CompileContext,
): (x: Exchange) => EntraTenant {
  const { authority } = context.snapshot.settings.entra;
  if (tenantId.constant !== undefined && (endpoint === undefined || endpoint.constant !== undefined)) {
    const tenant = entraTenant(tenantId.constant, endpoint?.constant ?? authority);
    if (!("problem" in tenant)) return () => tenant;
    if (!context.isLoose) context.error(`The tenant cannot be used: ${tenant.problem}`, { attribute: "tenant-id" });
  }
  return (x) => {
    const tenant = entraTenant(tenantId.get(x), endpoint?.get(x) ?? authority);
    if ("problem" in tenant)
      throw new PolicyFault(
        "InvalidTenant",
        `The tenant of <validate-azure-ad-token> cannot be used: ${tenant.problem}.`,
      );
    return tenant;
  };
}

const APPLICATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Application ids in lower case, as Entra writes them. */
function idSet(
  elements: readonly { readonly text: string; readonly line: number }[] | undefined,
  context: CompileContext,
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { text, line } of elements ?? []) {
    const id = text.trim().toLowerCase();
    ids.add(id);
    if (!APPLICATION_ID.test(id) && !context.isLoose)
      context.error(`"${text}" is no application id`, { line, hint: "It is the GUID of an app registration." });
  }
  return ids;
}
