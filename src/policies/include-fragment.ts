/** include-fragment: the policies of a fragment, put in where it stands. */
import { string } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const includeFragment = definePolicy({
  name: "include-fragment",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Inserts the policies of a policy fragment.",
  reference: "https://learn.microsoft.com/azure/api-management/include-fragment-policy",
  attributes: { "fragment-id": string({ required: true, doc: "Id of the fragment." }) },
  compile({ fragmentId }, context) {
    const block = fragmentId === undefined ? undefined : context.fragment(fragmentId);
    return block?.run ?? (() => undefined);
  },
});
