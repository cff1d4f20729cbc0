/**
 * Overrides per environment: what stands under `environments.<name>` is laid over the rest, object by object, before
 * anything is checked. Lists and single values are replaced as a whole. Every value keeps the place where it stands in
 * the file.
 */
import type { DataNode, Entry, ObjectNode } from "../documents/data-node.ts";

export function overlay(base: DataNode, over: DataNode): DataNode {
  if (base.kind !== "object" || over.kind !== "object") return over;
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = entries.get(name);
    entries.set(name, below === undefined ? entry : { ...entry, value: overlay(below.value, entry.value) });
  }
  return { ...base, entries };
}

/** The settings of an environment, without `environments`; of none: what holds everywhere. */
export function settingsOf(root: ObjectNode, environment: string | undefined): ObjectNode {
  const { base, environments } = split(root);
  const over = environment === undefined ? undefined : environments.get(environment)?.value;
  return over?.kind === "object" ? (overlay(base, over) as ObjectNode) : base;
}

export function environmentsOf(root: ObjectNode): ReadonlyMap<string, Entry> {
  return split(root).environments;
}

function split(root: ObjectNode): { base: ObjectNode; environments: ReadonlyMap<string, Entry> } {
  const entries = new Map(root.entries);
  const environments = entries.get("environments")?.value;
  entries.delete("environments");
  return {
    base: { ...root, entries },
    environments: environments?.kind === "object" ? environments.entries : new Map(),
  };
}
