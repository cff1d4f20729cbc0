/**
 * Who may have issued a token: a provider speaks for itself alone. A key that one provider publishes must not make tokens of another
 * issuer that the policy also accepts.
 */
import type { Exchange } from "../../kit/exchange.ts";
import type { Value } from "../../kit/value.ts";
import { problemOf, type TokenProblem } from "./jwt-text.ts";
import type { VerifiedToken } from "./jwt-verify.ts";

/** @param issuers what the policy lists; empty: the providers' own issuers are demanded */
export function issuerProblem(
  token: VerifiedToken,
  issuers: readonly Value<string>[],
  x: Exchange,
): TokenProblem | undefined {
  const { jwt, signedBy, known } = token;
  const issuer = jwt.issuer ?? "";
  if (issuers.length === 0) {
    const own = (signedBy.length > 0 ? signedBy : known).map((set) => set.issuer);
    return own.length === 0 || own.includes(issuer) ? undefined : notAllowed(issuer, own);
  }
  const listed = issuers.map((i) => i.get(x));
  if (!listed.includes(issuer)) return notAllowed(issuer, listed);
  return ownerProblem(token, issuer);
}

function notAllowed(issuer: string, expected: readonly string[]): TokenProblem {
  const list = expected.map((e) => JSON.stringify(e.slice(0, 200))).join(", ");
  return problemOf(
    "TokenIssuerNotAllowed",
    `The issuer ${JSON.stringify(issuer.slice(0, 200))} is not one of ${list}.`,
    { claim: "iss", expected, found: issuer.slice(0, 200) },
  );
}

/** A listed issuer must belong to the provider whose key signed, as far as it belongs to any of the policy's providers. */
function ownerProblem({ jwt, signer, signedBy, known }: VerifiedToken, issuer: string): TokenProblem | undefined {
  if (signer === undefined || signedBy.length === 0) return undefined;
  const tenant = jwt.claims.get("tid")?.[0];
  const belongs = (stated: string) => speaksFor(stated, issuer, tenant);
  if (signer.issuer !== undefined && !belongs(signer.issuer)) return notIts(issuer, [signer.issuer]);
  // One provider: the list says what it may issue. Several: each has its own document to say so.
  const isOnlyOne = known.every((set) => signedBy.includes(set));
  if (isOnlyOne || signedBy.some((set) => belongs(set.issuer))) {
    // A document may claim an issuer that is at home elsewhere: then the one at home has the word.
    const atHome = known.filter((set) => set.url.startsWith(`${issuer.replace(/\/$/, "")}/`));
    return atHome.length === 0 || atHome.some((set) => signedBy.includes(set))
      ? undefined
      : notIts(issuer, urls(atHome));
  }
  return notIts(
    issuer,
    signedBy.map((set) => set.issuer),
  );
}

const urls = (sets: VerifiedToken["known"]) => sets.map((set) => set.url);

function notIts(issuer: string, expected: readonly string[]): TokenProblem {
  return problemOf(
    "TokenIssuerNotAllowed",
    `The issuer ${JSON.stringify(issuer.slice(0, 200))} is not the one whose key signed the token.`,
    { claim: "iss", expected, found: issuer.slice(0, 200) },
  );
}

/** Whether a stated issuer, perhaps a template, stands for this one; Entra's two versions of one tenant stand for each other. */
export function speaksFor(stated: string, issuer: string, tenant: string | undefined): boolean {
  const filled = tenant === undefined ? stated : stated.replaceAll("{tenantid}", tenant);
  if (filled === issuer) return true;
  const a = entraTenant(filled);
  return a !== undefined && a === entraTenant(issuer);
}

/**
 * Tenant of an issuer of Microsoft Entra: `https://sts.windows.net/<tenant>/` (version 1), `https://login.microsoftonline.com/<tenant>/v2.0`
 * and those of national clouds. https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 */
function entraTenant(issuer: string): string | undefined {
  const found =
    /^https:\/\/(?:sts\.windows\.net\/([0-9a-f-]{36})\/|login\.microsoftonline\.(?:com|us)\/([0-9a-f-]{36})\/v2\.0)$/.exec(
      issuer,
    );
  if (found !== null) return found[1] ?? found[2];
  const china =
    /^https:\/\/(?:sts\.chinacloudapi\.cn\/([0-9a-f-]{36})\/|login\.partner\.microsoftonline\.cn\/([0-9a-f-]{36})\/v2\.0)$/.exec(
      issuer,
    );
  return china === null ? undefined : `${china[1] ?? china[2]} in China`;
}
