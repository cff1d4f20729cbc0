/** set-header: adds, replaces or removes a header of the request (inbound, backend) or of the response (outbound, on-error). */
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { currentMessage } from "./shared/current-message.ts";
import { applyHeader, headerSpec } from "./shared/header-edit.ts";

export const setHeader = definePolicy({
  name: "set-header",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Adds, replaces or removes a request or response header.",
  reference: "https://learn.microsoft.com/azure/api-management/set-header-policy",
  ...headerSpec,
  compile(config) {
    return (x) => {
      applyHeader(config, x, currentMessage(x).headers);
      return undefined;
    };
  },
});
