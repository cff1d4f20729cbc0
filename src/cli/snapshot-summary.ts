/** A configuration in a line: what it holds, and what it holds in vain. */
import type { Snapshot } from "../resources/snapshot.ts";
import { plural } from "./report.ts";

export function contents(snapshot: Snapshot): string {
  const { apis, products, subscriptions, fragments, namedValues, backends } = snapshot;
  const operations = apis.reduce((sum, api) => sum + api.operations.length, 0);
  return [
    plural(apis.length, "API"),
    plural(operations, "operation"),
    plural(products.size, "product"),
    plural(subscriptions.length, "subscription"),
    plural(namedValues.size, "named value"),
    plural(fragments.size, "fragment"),
    plural(backends.size, "backend"),
  ].join(", ");
}

/** Kinds that are not acted on; undefined when there are none. */
export function ignoredText({ ignored }: Snapshot): string | undefined {
  if (ignored.size === 0) return undefined;
  return `Not acted on: ${[...ignored].map(([kind, count]) => `${kind} (${count})`).join(", ")}.`;
}
