/** All that one configuration needs while it is in force, built before it is. */
import type { Program } from "../engine/program.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import { type ListenerRules, rulesOf } from "./listener-rules.ts";
import { Router } from "./router.ts";
import { SubscriptionKeys } from "./subscription.ts";

export class Live {
  readonly program: Program;
  readonly snapshot: Snapshot;
  readonly router: Router;
  readonly keys: SubscriptionKeys;
  /** By listener; of those only that ask anything of a request. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  #secrets: readonly string[] | undefined;

  constructor(program: Program) {
    this.program = program;
    this.snapshot = program.snapshot;
    this.router = new Router(program.snapshot);
    this.keys = new SubscriptionKeys(program.snapshot);
    const { settings } = program.snapshot;
    const rules = settings.listeners.map((listener) => [listener.name, rulesOf(listener, settings)] as const);
    this.rules = new Map(rules.filter((entry): entry is [string, ListenerRules] => entry[1] !== undefined));
  }

  /** Values that no trace may show. */
  get secrets(): readonly string[] {
    this.#secrets ??= secretsOf(this.snapshot);
    return this.#secrets;
  }
}

function secretsOf(snapshot: Snapshot): string[] {
  const secrets = new Set<string>();
  for (const value of snapshot.namedValues.values())
    if (value.isSecret && value.value !== undefined) secrets.add(value.value);
  for (const { primaryKey, secondaryKey } of snapshot.subscriptions) {
    if (primaryKey !== undefined) secrets.add(primaryKey);
    if (secondaryKey !== undefined) secrets.add(secondaryKey);
  }
  for (const { credentials } of snapshot.backends.values()) {
    if (credentials === undefined) continue;
    for (const values of [...credentials.header.values(), ...credentials.query.values()])
      for (const v of values) secrets.add(v);
    if (credentials.authorization !== undefined) secrets.add(credentials.authorization.parameter);
  }
  for (const { key } of snapshot.certificates.values()) if (key !== undefined) secrets.add(key);
  return [...secrets];
}
