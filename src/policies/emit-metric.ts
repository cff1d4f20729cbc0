/** emit-metric: adds a measurement to a custom metric. */
import { number, string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

/** Dimensions that need no value of their own. */
const DEFAULTS: Readonly<Record<string, (x: Exchange) => string>> = {
  "API ID": (x) => x.route.api.id,
  "Operation ID": (x) => x.route.operation.id,
  "Product ID": (x) => x.route.product?.id ?? "",
  "User ID": (x) => x.route.user?.id ?? "",
  "Subscription ID": (x) => x.route.subscription?.id ?? "",
  Location: (x) => x.snapshot.settings.deployment.region,
  "Gateway ID": (x) => x.snapshot.settings.deployment.gatewayId,
};

const MAX_DIMENSIONS = 10;

export const emitMetric = definePolicy({
  name: "emit-metric",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Logging",
  summary: "Emits a custom metric.",
  reference: "https://learn.microsoft.com/azure/api-management/emit-metric-policy",
  attributes: {
    name: string({ required: true, doc: "Name of the metric." }),
    namespace: string({ default: "API Management", doc: "Namespace of the metric." }),
    value: number({ default: 1, expression: true, doc: "The measurement; default 1." }),
  },
  children: {
    dimension: {
      many: true,
      min: 1,
      attributes: { name: string({ required: true, expression: true }), value: string({ expression: true }) },
      doc: "A dimension; API ID, Operation ID, Product ID, User ID, Subscription ID, Location and Gateway ID need no value.",
    },
  },
  compile({ name, namespace, value, children }, context) {
    const { dimension } = children;
    if (dimension.length > MAX_DIMENSIONS) context.error(`At most ${MAX_DIMENSIONS} dimensions are allowed`);
    for (const d of dimension) {
      const literal = d.name.constant;
      if (d.value === undefined && literal !== undefined && !Object.hasOwn(DEFAULTS, literal)) {
        context.error(`The dimension "${literal}" needs a value`, {
          hint: `Without a value: ${Object.keys(DEFAULTS).join(", ")}.`,
        });
      }
    }
    return (x) => {
      const dimensions = dimension.map((d): readonly [string, string] => {
        const key = d.name.get(x);
        return [key, d.value ? d.value.get(x) : Object.hasOwn(DEFAULTS, key) ? DEFAULTS[key](x) : ""];
      });
      x.services.metrics.emit(namespace, name, value.get(x), dimensions);
      return undefined;
    };
  },
});
