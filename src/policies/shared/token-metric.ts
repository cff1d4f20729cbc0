/** Metrics of model tokens: what each call used, by kind, with the policy's dimensions. */
import { string } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { ALL_SCOPES, type AnyPolicy, definePolicy } from "../../kit/policy.ts";
import type { Usage } from "../../llm/usage.ts";
import { dimensionsOf } from "./metric-dimensions.ts";
import { modelCallOf } from "./model-call.ts";

const doc =
  "A dimension; API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway ID and Backend ID need no value.";

export function tokenMetric(name: string, reference: string): AnyPolicy {
  return definePolicy({
    name,
    sections: ["inbound"],
    scopes: ALL_SCOPES,
    category: "Logging",
    summary: "Emits the tokens that calls of a model use as metrics.",
    reference,
    attributes: {
      namespace: string({ default: "API Management", doc: "Namespace of the metrics." }),
    },
    children: {
      dimension: {
        many: true,
        min: 1,
        attributes: { name: string({ required: true, expression: true }), value: string({ expression: true }) },
        doc,
      },
    },
    compile({ namespace, children }, context) {
      const dimensionsFor = dimensionsOf(children.dimension, context, { "Backend ID": (x) => x.backend?.id ?? "" });
      return async (x) => {
        const call = await modelCallOf(x);
        const before = dimensionsFor(x);
        const emit = (ended: Exchange, usage: Usage) => {
          if (usage.totalTokens === 0) return;
          // The backend is known now; what expressions said of the request stays.
          const dimensions = before.map(([key, value]): [string, string] => [
            key,
            key === "Backend ID" && value === "" ? (ended.backend?.id ?? "") : value,
          ]);
          const figures: [string, number][] = [
            ["Total Tokens", usage.totalTokens],
            ["Prompt Tokens", usage.promptTokens],
            ["Completion Tokens", usage.completionTokens],
            ["Cached Tokens", usage.cachedTokens],
            ["Reasoning Tokens", usage.reasoningTokens],
            ["Prompt Audio Tokens", usage.promptAudioTokens],
            ["Completion Audio Tokens", usage.completionAudioTokens],
          ];
          for (const [metric, value] of figures)
            if (value > 0 || metric === "Total Tokens")
              ended.services.metrics.emit(namespace, metric, value, dimensions);
        };
        const { session } = call;
        if (session === undefined) x.atEnd(async (ended) => emit(ended, await call.usage()));
        else session.add({ done: (_, usage) => void emit(x, usage) });
        return undefined;
      };
    },
    doors: () => [{ kind: "model" }],
  });
}
