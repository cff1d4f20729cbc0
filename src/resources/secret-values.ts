/** Every value of a configuration that no trace, log or error may show. */
import type { Snapshot } from "./snapshot.ts";

export function secretValues(snapshot: Snapshot): ReadonlySet<string> {
  const secrets = new Set<string>();
  const add = (...values: readonly (string | undefined)[]) => {
    for (const value of values) if (value !== undefined && value !== "") secrets.add(value);
  };
  for (const { isSecret, value } of snapshot.namedValues.values()) if (isSecret) add(value);
  for (const { primaryKey, secondaryKey } of snapshot.subscriptions) add(primaryKey, secondaryKey);
  for (const { credentials } of snapshot.backends.values()) {
    if (credentials === undefined) continue;
    for (const values of [...credentials.header.values(), ...credentials.query.values()]) add(...values);
    add(credentials.authorization?.parameter);
  }
  for (const { key } of snapshot.certificates.values()) add(key);
  const { ai, egress, otlp, securityEvents, stores, listeners } = snapshot.settings;
  add(egress.proxy?.password);
  add(...(securityEvents?.otlp?.headers.values() ?? []));
  add(...(otlp?.headers.values() ?? []));
  for (const { tls } of listeners) add(tls?.key);
  for (const url of [stores.redis?.url, ai.ledger.postgres])
    if (url !== undefined && URL.canParse(url)) add(...written(new URL(url).password));
  return secrets;
}

/** As it stands in the URL, and as it is meant. */
function written(password: string): string[] {
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
