/**
 * Private authorities that every outgoing connection of the process trusts beside the public ones: backends, identity providers, vaults
 * and the clients of their vendors alike.
 */
import { getCACertificates, setDefaultCACertificates } from "node:tls";

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
