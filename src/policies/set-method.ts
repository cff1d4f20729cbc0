/** set-method: changes the method of the request to the backend. */
import { textString } from "../kit/attributes.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { isMethod } from "./shared/method.ts";

export const setMethod = definePolicy({
  name: "set-method",
  sections: ["inbound", "backend", "on-error"],
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Changes the HTTP method of the request.",
  reference: "https://learn.microsoft.com/azure/api-management/set-method-policy",
  text: textString({ required: true, expression: true, doc: "The method, for example POST." }),
  compile({ text }) {
    return (x) => {
      const method = text.get(x).trim();
      if (!isMethod(method)) throw new PolicyFault("InvalidMethod", "The method is not a valid HTTP method.");
      x.request.method = method;
      return undefined;
    };
  },
});
