/** set-header: adds, replaces or removes a header of the request (inbound, backend) or of the response (outbound, on-error). */
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { currentResponse, isRequestSide } from "./shared/current-message.ts";
import { applyHeader, applyRequestHeader, headerSpec } from "./shared/header-edit.ts";
import { namedValueDoors } from "./shared/request-doors.ts";

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
      if (isRequestSide(x)) applyRequestHeader(config, x, x.request);
      else applyHeader(config, x, currentResponse(x).headers);
      return undefined;
    };
  },
  doors: (config, place) => namedValueDoors(config, "the header", place),
});
