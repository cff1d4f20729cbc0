/**
 * Private authorities that every outgoing connection of the process trusts beside the public ones: backends, identity providers, vaults
 * and the clients of their vendors alike.
 */
import { createSecureContext, getCACertificates, type SecureContext, setDefaultCACertificates } from "node:tls";

let base: readonly string[] | undefined;
let current = "";

/** @param authorities PEM; undefined: the public ones alone */
export function trustAuthorities(authorities: string | undefined): void {
  const wanted = authorities ?? "";
  if (wanted === current) return;
  base ??= getCACertificates("default");
  setDefaultCACertificates(wanted === "" ? base : [...base, wanted]);
  current = wanted;
}

/** The same for single connections, of a configuration that is not yet in force; undefined: as the process trusts now. */
export function contextTrusting(authorities: string | undefined): SecureContext | undefined {
  const wanted = authorities ?? "";
  if (wanted === current) return undefined;
  base ??= getCACertificates("default");
  return createSecureContext({ ca: wanted === "" ? [...base] : [...base, wanted] });
}
