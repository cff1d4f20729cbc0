/** What a new configuration changes of who may do what: for the security log. Ids and names only, never a key or value. */
import { X509Certificate } from "node:crypto";
import type { Certificate, ListenerSettings, Snapshot, Subscription } from "../resources/snapshot.ts";
import type { ConfigurationChange } from "../telemetry/security-events.ts";

/** Keys, named values and certificates that were added, removed or changed. */
export function* configurationChanges(old: Snapshot, next: Snapshot): Generator<ConfigurationChange> {
  const byId = (list: readonly Subscription[]) => new Map(list.map((s) => [s.id, s]));
  yield* compare("key", byId(old.subscriptions), byId(next.subscriptions), keyChanges);
  yield* compare("named value", old.namedValues, next.namedValues, (a, b) =>
    a.value === b.value && a.isSecret === b.isSecret ? undefined : {},
  );
  yield* compare("certificate", old.certificates, next.certificates, (a, b) =>
    a.certificate === b.certificate && a.key === b.key ? undefined : certificateFacts(b),
  );
  const listeners = ({ settings }: Snapshot) =>
    new Map(settings.listeners.filter(({ tls }) => tls !== undefined).map((l) => [`listener ${l.name}`, l]));
  yield* compare("certificate", listeners(old), listeners(next), (a, b) =>
    a.tls?.certificate === b.tls?.certificate ? undefined : listenerFacts(b),
  );
}

type Detail = NonNullable<ConfigurationChange["detail"]>;

/** @param difference undefined: they are the same */
function* compare<T>(
  kind: ConfigurationChange["kind"],
  old: ReadonlyMap<string, T>,
  next: ReadonlyMap<string, T>,
  difference: (old: T, next: T) => Detail | undefined,
): Generator<ConfigurationChange> {
  for (const [subject, value] of next) {
    const before = old.get(subject);
    if (before === undefined) {
      yield { kind, action: "added", subject };
      continue;
    }
    const detail = difference(before, value);
    if (detail !== undefined) yield { kind, action: "changed", subject, detail };
  }
  for (const subject of old.keys()) if (!next.has(subject)) yield { kind, action: "removed", subject };
}

function keyChanges(old: Subscription, next: Subscription): Detail | undefined {
  const changed: string[] = [];
  if (old.primaryKey !== next.primaryKey) changed.push("primary key");
  if (old.secondaryKey !== next.secondaryKey) changed.push("secondary key");
  if (old.state !== next.state) changed.push("state");
  if (old.allowTracing !== next.allowTracing) changed.push("tracing");
  if (JSON.stringify(old.scope) !== JSON.stringify(next.scope)) changed.push("scope");
  return changed.length === 0 ? undefined : { changed, state: next.state };
}

function certificateFacts({ certificate }: Pick<Certificate, "certificate">): Detail {
  try {
    const { subject, validTo, fingerprint256 } = new X509Certificate(certificate);
    return { subject: subject.replaceAll("\n", ", "), validTo, fingerprint256 };
  } catch {
    return {};
  }
}

function listenerFacts({ tls }: ListenerSettings): Detail {
  return tls === undefined ? {} : certificateFacts(tls);
}
