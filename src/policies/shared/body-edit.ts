/** How set-body is declared and compiled; the same child stands in return-response, send-request and send-one-way-request. */
import { bool, oneOf, type Payload, textPayload } from "../../kit/attributes.ts";
import type { CompileContext, ElementConfig } from "../../kit/policy.ts";
import { Constant, type Value } from "../../kit/value.ts";

export const bodySpec = {
  attributes: {
    template: oneOf(["none", "liquid"], { default: "none", doc: "liquid: the content is a Liquid template." }),
    "xsi-nil": oneOf(["blank", "null"], { default: "blank", doc: "How a template sees elements with xsi:nil." }),
    "parse-date": bool({ default: true, doc: "Whether a template sees date-like JSON strings as dates." }),
  },
  text: textPayload({ default: "", expression: true, doc: "The new body." }),
} as const;

/** The body as a value: text, expression result or rendered template. */
export function compileBody(config: ElementConfig<typeof bodySpec>, context: CompileContext): Value<Payload> {
  if (config.template !== "liquid") return config.text;
  const template = config.text.constant;
  if (typeof template !== "string") {
    context.error("A Liquid template is text, not an expression", { attribute: "template" });
    return config.text;
  }
  const options = { xsiNil: config.xsiNil, parseDates: config.parseDate };
  return context.liquid(template, options) ?? new Constant<Payload>("");
}
