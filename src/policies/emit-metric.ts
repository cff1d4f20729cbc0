/** emit-metric: adds a measurement to a custom metric. */
import { number, string } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { dimensionsOf } from "./shared/metric-dimensions.ts";

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
    const dimensionsFor = dimensionsOf(children.dimension, context);
    return (x) => {
      x.services.metrics.emit(namespace, name, value.get(x), dimensionsFor(x));
      return undefined;
    };
  },
});
