/** set-status: sets status code and reason phrase of the response. */
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { currentResponse } from "./shared/current-message.ts";
import { applyStatus, statusSpec } from "./shared/status-edit.ts";

export const setStatus = definePolicy({
  name: "set-status",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Sets status code and reason phrase of the response.",
  reference: "https://learn.microsoft.com/azure/api-management/set-status-policy",
  ...statusSpec,
  compile(config) {
    return (x) => {
      applyStatus(config, x, currentResponse(x));
      return undefined;
    };
  },
});
