/**
 * Microsoft Entra as an issuer of tokens: what a tenant-id may be, where its documents are, and which issuers it stands for.
 * https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
 */
import type { RefusalDetail } from "../../kit/outcome.ts";
import { shown } from "./jwt-claims.ts";
import { problemOf, type TokenProblem } from "./jwt-text.ts";
import { TokenVerifier, type VerifiedToken } from "./jwt-verify.ts";
import { openIdKeys } from "./openid-keys.ts";

/** The tenant of personal Microsoft accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const MANY = new Set(["common", "organizations", "consumers"]);

export interface EntraTenant {
  /** `https://login.microsoftonline.com`, without trailing slash. */
  readonly authority: string;
  /** GUID, domain name, or one of common, organizations, consumers. */
  readonly tenant: string;
}

/**
 * @param tenantId GUID, domain, the word for many tenants, or a URL: of the tenant at an authority, or `https://` and its domain
 * @param authority where documents are when the tenant id is no URL of an authority
 */
export function entraTenant(tenantId: string, authority: string): EntraTenant | { readonly problem: string } {
  const text = tenantId.trim();
  const given = authorityProblem(authority) ?? { authority: authority.trim().replace(/\/+$/, "") };
  if ("problem" in given) return given;
  let tenant = text.toLowerCase();
  let at = given.authority;
  if (text.includes("://")) {
    const problem = authorityProblem(text);
    if (problem !== undefined) return problem;
    const url = new URL(text);
    const [first] = url.pathname.split("/").filter((part) => part !== "");
    tenant = (first ?? url.hostname).toLowerCase();
    // An issuer of version 1 (sts.windows.net) names the tenant, not the place of its documents.
    if (first !== undefined && !url.hostname.startsWith("sts.")) at = url.origin;
  }
  if (GUID.test(tenant) || MANY.has(tenant) || DOMAIN.test(tenant)) return { authority: at, tenant };
  return {
    problem: `"${text}" is no tenant id: a GUID, a domain such as contoso.onmicrosoft.com, organizations or common`,
  };
}

function authorityProblem(text: string): { readonly problem: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback)) return undefined;
  return { problem: `"${text}" is no https address of Microsoft Entra` };
}

/** Verifiers of a policy by tenant; an expression may make tenants up, so their number is bounded. */
const MAX_VERIFIERS = 50;

export class EntraVerifiers {
  readonly #byTenant = new Map<string, TokenVerifier>();

  /** Both versions of the tenant's documents: their keys are nearly the same, their issuers are not. */
  of({ authority, tenant }: EntraTenant): TokenVerifier {
    const base = `${authority}/${tenant}`;
    let verifier = this.#byTenant.get(base);
    if (verifier === undefined) {
      const paths = ["/v2.0/.well-known/openid-configuration", "/.well-known/openid-configuration"];
      verifier = new TokenVerifier(paths.map((path) => openIdKeys(base + path)));
      if (this.#byTenant.size >= MAX_VERIFIERS) this.#byTenant.clear();
      this.#byTenant.set(base, verifier);
    }
    return verifier;
  }
}

/** The issuer must be one that the tenant's documents name; of many tenants, the one that the token's own tid says. */
export function entraIssuerProblem(token: VerifiedToken, { tenant }: EntraTenant): TokenProblem | undefined {
  const { jwt, signer, signedBy } = token;
  const issuer = jwt.issuer ?? "";
  const tid = jwt.claims.get("tid")?.[0]?.toLowerCase() ?? "";
  const fill = (stated: string) => (GUID.test(tid) ? stated.replaceAll("{tenantid}", tid) : stated);
  const expected = signedBy.map((set) => fill(set.issuer));
  const refuse = (message: string, detail: RefusalDetail) => problemOf("TokenIssuerNotAllowed", message, detail);
  if (!expected.includes(issuer) || issuer.includes("{")) {
    const list = expected.join(", ");
    return refuse(`The issuer ${JSON.stringify(issuer.slice(0, 200))} is not one of ${list}.`, {
      claim: "iss",
      expected,
      found: issuer.slice(0, 200),
    });
  }
  // Keys of many tenants say whose they are: those for personal accounts must not make tokens of an organisation.
  if (signer?.issuer !== undefined && !token.known.some((set) => fill(set.issuer) === fill(signer.issuer ?? "")))
    return refuse("The key that signed the token is another issuer's.", {
      claim: "iss",
      expected: fill(signer.issuer),
      found: issuer.slice(0, 200),
    });
  const isPersonal = tid === CONSUMERS;
  if ((tenant === "organizations" && isPersonal) || (tenant === "consumers" && !isPersonal))
    return refuse(`The tenant ${tid} is not one of ${tenant}.`, { claim: "tid", expected: tenant, found: tid });
  return undefined;
}

/** The application that asked for the token: `appid` in version 1, `azp` in version 2. */
export function clientProblem(token: VerifiedToken, allowed: ReadonlySet<string>): TokenProblem | undefined {
  if (allowed.size === 0) return undefined;
  const { claims } = token.jwt;
  const version = claims.get("ver")?.[0];
  const claim = version === "1.0" || (version === undefined && !claims.has("azp")) ? "appid" : "azp";
  const found = claims.get(claim);
  if (found === undefined)
    return problemOf("TokenClaimNotFound", `JWT is missing the following claims: ${claim}.`, {
      claim,
      expected: [...allowed],
      found: "(none)",
    });
  if (found.length === 1 && allowed.has(found[0].toLowerCase())) return undefined;
  return problemOf(
    "TokenClaimValueNotAllowed",
    `Claim ${claim} value of ${found.join(", ").slice(0, 200)} is not allowed.`,
    {
      claim,
      expected: [...allowed],
      found: shown(token.jwt, claim),
    },
  );
}

/** The application the token is for: its id, or the id URI that Entra gives it by default. */
export function backendProblem(token: VerifiedToken, allowed: ReadonlySet<string>): TokenProblem | undefined {
  const { jwt } = token;
  if (allowed.size === 0 || jwt.audiences.some((aud) => allowed.has(aud.toLowerCase().replace(/^api:\/\//, ""))))
    return undefined;
  return problemOf("TokenAudienceNotAllowed", "The token is for none of the backend applications.", {
    claim: "aud",
    expected: [...allowed],
    found: shown(jwt, "aud"),
  });
}
