/** trace: writes a message of the author's into the request's trace and, from `information` on, into the log. */
import { oneOf, string, textString } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const trace = definePolicy({
  name: "trace",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Logging",
  summary: "Adds a message to the trace of the request and to the log.",
  reference: "https://learn.microsoft.com/azure/api-management/trace-policy",
  attributes: {
    source: string({ required: true, doc: "Where the message comes from, as the author calls it." }),
    severity: oneOf(["verbose", "information", "error"], { default: "verbose", doc: "verbose | information | error." }),
  },
  children: {
    message: { text: textString({ default: "", expression: true }), doc: "The message." },
    metadata: {
      many: true,
      attributes: { name: string({ required: true }), value: string({ required: true, expression: true }) },
      doc: "A name and value to go with it.",
    },
  },
  // Older documents write the message as the content of the element itself.
  text: textString({ expression: true, doc: "The message, in place of <message>." }),
  compile({ source, severity, children, text }, context) {
    const content = children.message?.text ?? text;
    if (content === undefined) {
      context.error("<trace> needs a <message>");
      return () => undefined;
    }
    return (x) => {
      if (severity === "verbose" && x.trace === null) return undefined;
      const message = content.get(x);
      const metadata = children.metadata.map((m) => [m.name, m.value.get(x)] as const);
      x.trace?.add(x.section, source, {
        message,
        severity,
        ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
      });
      if (severity === "verbose") return undefined;
      const fields = {
        correlationId: x.id,
        source,
        ...Object.fromEntries(metadata.map(([n, v]) => [`metadata.${n}`, v])),
      };
      if (severity === "error") x.services.log.error(message, fields);
      else x.services.log.info(message, fields);
      return undefined;
    };
  },
});
