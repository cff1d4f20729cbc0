/** set-body: replaces the body of the request or response by text, the result of an expression, or a Liquid template. */
import { Body } from "../http/body.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { bodySpec, compileBody } from "./shared/body-edit.ts";
import { currentMessage } from "./shared/current-message.ts";

export const setBody = definePolicy({
  name: "set-body",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Replaces the body of the request or response.",
  reference: "https://learn.microsoft.com/azure/api-management/set-body-policy",
  ...bodySpec,
  compile(config, context) {
    const body = compileBody(config, context);
    return (x) => {
      const content = body.get(x);
      currentMessage(x).setBody(typeof content === "string" ? Body.text(content) : Body.bytes(content));
      return undefined;
    };
  },
});
