/** base: the same section of the next broader scope. The engine puts it in while composing a plan; here it is described. */
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const base = definePolicy({
  name: "base",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Stands for the same section of the next broader scope.",
  reference: "https://learn.microsoft.com/azure/api-management/api-management-howto-policies",
  compile: () => () => undefined,
});
