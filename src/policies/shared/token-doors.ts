/** What a token policy's configuration says about the tokens it lets pass, for the audit. */
import type { Door } from "../../kit/doors.ts";
import type { Value } from "../../kit/value.ts";
import type { ClaimRule } from "./jwt-claims.ts";

interface TokenChecks {
  readonly headerName: Value<string> | undefined;
  /** Where the token comes from when nothing is said. */
  readonly isHeaderDefault?: boolean;
  readonly checksIssuer: boolean;
  readonly checksAudience: boolean;
  readonly requireSignedTokens?: Value<boolean>;
  readonly requireExpirationTime?: Value<boolean>;
  readonly claims: readonly ClaimRule[];
}

export function tokenDoor(checks: TokenChecks): Door {
  const header = checks.headerName?.constant ?? (checks.isHeaderDefault ? "Authorization" : "");
  const demands = (claim: string) => checks.claims.some((c) => c.name.constant === claim && c.values.length > 0);
  return {
    kind: "token",
    inAuthorization: header.toLowerCase() === "authorization",
    checksIssuer: checks.checksIssuer || demands("iss"),
    checksAudience: checks.checksAudience || demands("aud"),
    checksSignature: checks.requireSignedTokens?.constant !== false,
    checksExpiry: checks.requireExpirationTime?.constant !== false,
  };
}
