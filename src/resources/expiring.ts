/** The certificates of a configuration with the time each expires: of listeners, towards backends, of trusted authorities. */
import { X509Certificate } from "node:crypto";
import type { Expiring } from "../secrets/expiry-watch.ts";
import type { Snapshot } from "./snapshot.ts";

export function expiringCertificates(snapshot: Snapshot): readonly Expiring[] {
  const found: [name: string, pem: string][] = [];
  for (const { name, tls } of snapshot.settings.listeners) {
    if (tls?.certificate !== undefined) found.push([`listener ${name}`, tls.certificate]);
    for (const [host, identity] of tls?.hostnames ?? [])
      found.push([`listener ${name}, ${host}`, identity.certificate]);
  }
  for (const { id, certificate } of snapshot.certificates.values()) found.push([id, certificate]);
  for (const { id, authorities } of snapshot.backends.values())
    if (authorities !== undefined) found.push([`authorities of the backend ${id}`, authorities]);
  return found.flatMap(([name, pem]): Expiring[] => {
    const expiresAt = earliestEnd(pem);
    return expiresAt === undefined ? [] : [{ kind: "certificate", name, expiresAt }];
  });
}

/** Of all certificates in a PEM text: a chain ends with the first of its links. */
function earliestEnd(pem: string): number | undefined {
  const all = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const ends = all.flatMap((text) => {
    try {
      return [new X509Certificate(text).validToDate.getTime()];
    } catch {
      return [];
    }
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}
