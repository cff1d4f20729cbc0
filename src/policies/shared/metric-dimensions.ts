/** Dimensions of custom metrics: those the gateway knows need no value of their own. */
import type { Exchange } from "../../kit/exchange.ts";
import type { CompileContext } from "../../kit/policy.ts";
import type { Value } from "../../kit/value.ts";

type Source = (x: Exchange) => string;

const KNOWN: Readonly<Record<string, Source>> = {
  "API ID": (x) => x.route.api.id,
  "Operation ID": (x) => x.route.operation.id,
  "Product ID": (x) => x.route.product?.id ?? "",
  "User ID": (x) => x.route.user?.id ?? "",
  "Subscription ID": (x) => x.route.subscription?.id ?? "",
  Location: (x) => x.snapshot.settings.deployment.region,
  "Gateway ID": (x) => x.snapshot.settings.deployment.gatewayId,
};

const MAX_DIMENSIONS = 10;

export interface Dimension {
  readonly name: Value<string>;
  readonly value: Value<string> | undefined;
}

/** @param more known to this metric beside the usual ones */
export function dimensionsOf(
  dimensions: readonly Dimension[],
  context: CompileContext,
  more: Readonly<Record<string, Source>> = {},
): (x: Exchange) => [name: string, value: string][] {
  const known = new Map(Object.entries({ ...KNOWN, ...more }));
  if (dimensions.length > MAX_DIMENSIONS) context.error(`At most ${MAX_DIMENSIONS} dimensions are allowed`);
  for (const { name, value } of dimensions) {
    if (value !== undefined || name.constant === undefined || known.has(name.constant)) continue;
    context.error(`The dimension "${name.constant}" needs a value`, {
      hint: `Without a value: ${[...known.keys()].join(", ")}.`,
    });
  }
  return (x) =>
    dimensions.map(({ name, value }) => {
      const key = name.get(x);
      return [key, value === undefined ? (known.get(key)?.(x) ?? "") : value.get(x)];
    });
}
