/**
 * Who may use a connection of the credential store, when a policy passes the token of another identity: service principals of Microsoft
 * Entra, by tenant and object id.
 * https://learn.microsoft.com/azure/api-management/credentials-process-flow#access-policies
 */
import type { Exchange } from "../../kit/exchange.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext } from "../../kit/policy.ts";
import { Constant } from "../../kit/value.ts";
import { entraIssuerProblem, type EntraTenant, entraTenant, EntraVerifiers } from "./entra.ts";
import { audienceProblem, lifetimeProblem } from "./jwt-claims.ts";
import { parseSigned, type TokenProblem } from "./jwt-text.ts";
import type { VerifiedToken } from "./jwt-verify.ts";
import { policyKeys } from "./key-elements.ts";

const AUDIENCES = [new Constant("https://azure-api.net/authorization-manager")];
const LIFETIME = { requireExpiration: new Constant(true), skewSeconds: () => 0 };

export type AccessCheck = (x: Exchange, token: string, providerId: string, authorizationId: string) => Promise<void>;

/** The check throws a PolicyFault that says which door stayed closed. */
export function accessCheck(context: CompileContext): AccessCheck {
  const { accessPolicies, settings } = context.snapshot;
  const verifiers = new EntraVerifiers();
  const keysOf = policyKeys([], [], context);
  return async (x, token, providerId, authorizationId) => {
    const name = `${providerId}/${authorizationId}`;
    const allowed = accessPolicies?.get(name) ?? [];
    if (token === "") throw denied("TokenNotPresent", "JWT not present.");
    const tenant = tenantOf(token, allowed, name, settings.entra.authority);
    const verified = await verifiers.of(tenant).verify(token, true, keysOf(x), x.services);
    const problem = "reason" in verified ? verified : claimProblem(verified, tenant, x);
    if (problem !== undefined) throw denied(problem.reason, problem.message);
    const [tid, oid] = ["tid", "oid"].map((claim) => only((verified as VerifiedToken).jwt.claims.get(claim)));
    if (!allowed.some((policy) => policy.tenantId === tid && policy.objectId === oid))
      throw denied("AuthorizationDenied", `No access policy of ${name} names the object ${oid ?? "(none)"} of ${tid}.`);
  };
}

interface AccessPolicy {
  readonly tenantId: string;
  readonly objectId: string;
}

/** Only tenants that an access policy names are asked for their keys: a token cannot send the gateway elsewhere. */
function tenantOf(token: string, allowed: readonly AccessPolicy[], name: string, authority: string): EntraTenant {
  const parsed = parseSigned(token);
  if ("reason" in parsed) throw denied(parsed.reason, parsed.message);
  const { tid } = parsed.payload;
  const policy = allowed.find(({ tenantId }) => typeof tid === "string" && tenantId === tid.toLowerCase());
  if (policy === undefined)
    throw denied("AuthorizationDenied", `No access policy of ${name} names the token's tenant.`);
  const tenant = entraTenant(policy.tenantId, authority);
  if ("problem" in tenant) throw denied("AuthorizationDenied", tenant.problem);
  return tenant;
}

function claimProblem(verified: VerifiedToken, tenant: EntraTenant, x: Exchange): TokenProblem | undefined {
  return (
    lifetimeProblem(verified.jwt, LIFETIME, x) ??
    entraIssuerProblem(verified, tenant) ??
    audienceProblem(verified.jwt, AUDIENCES, x)
  );
}

function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0].toLowerCase() : undefined;
}

function denied(reason: string, message: string): PolicyFault {
  return new PolicyFault(reason, `The identity of <get-authorization-context> is refused: ${message}`);
}
