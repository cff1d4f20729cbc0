/** check-header: demands a header, and one of given values when there are any. */
import { carriesCredential } from "../base/credential-fields.ts";
import { bool, int, string, textString } from "../kit/attributes.ts";
import { Refusal } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";

export const checkHeader = definePolicy({
  name: "check-header",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Refuses requests without a header, or with a value that is not listed.",
  reference: "https://learn.microsoft.com/azure/api-management/check-header-policy",
  attributes: {
    name: string({ required: true, expression: true, doc: "Name of the header." }),
    "failed-check-httpcode": int({
      required: true,
      expression: true,
      min: 400,
      max: 599,
      doc: "Status code of a refusal.",
    }),
    "failed-check-error-message": string({ required: true, expression: true, doc: "Message of a refusal." }),
    "ignore-case": bool({ required: true, expression: true, doc: "Whether case of the value matters not." }),
  },
  children: { value: { many: true, text: textString({ default: "", expression: true }), doc: "An allowed value." } },
  compile(config) {
    const { name, ignoreCase, children } = config;
    return (x) => {
      const header = name.get(x);
      // Every line of the header is checked: a second line must not smuggle in what the first may not say.
      const present = x.request.headers.all(header);
      const refuse = (reason: string, message: string) =>
        new Refusal(config.failedCheckHttpcode.get(x), reason, message, {
          publicMessage: config.failedCheckErrorMessage.get(x),
          // Not which values are allowed: they may be secrets that callers share with the gateway.
          detail: { header, expected: `${children.value.length || "any"} values`, linesFound: present.length },
        });
      if (present.length === 0) {
        return refuse("HeaderNotFound", `Header ${header} was not found in the request. Access denied.`);
      }
      if (children.value.length === 0) return undefined;
      const fold = ignoreCase.get(x) ? (text: string) => text.toLowerCase() : (text: string) => text;
      const allowed = children.value.map((v) => fold(v.text.get(x)));
      const wrong = present.find((value) => !allowed.includes(fold(value)));
      if (wrong === undefined) return undefined;
      // A wrong key is often a right one elsewhere.
      const shown = carriesCredential(header) ? "***" : wrong.slice(0, 200);
      return refuse("HeaderValueNotAllowed", `Header ${header} value of ${shown} is not allowed. Access denied.`);
    };
  },
});
