/** choose: runs the policies of the first `when` whose condition holds, otherwise those of `otherwise`. */
import { bool } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const choose = definePolicy({
  name: "choose",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Runs the policies of the first branch whose condition is true.",
  reference: "https://learn.microsoft.com/azure/api-management/choose-policy",
  children: {
    when: {
      many: true,
      min: 1,
      attributes: { condition: bool({ required: true, expression: true, doc: "Boolean expression or literal." }) },
      steps: true,
    },
    otherwise: { steps: true },
  },
  compile({ children }) {
    const { when: branches, otherwise } = children;
    return (x) => {
      for (const branch of branches) {
        if (branch.condition.get(x)) return branch.steps.run(x);
      }
      return otherwise?.steps.run(x);
    };
  },
  doors({ children }) {
    const { when, otherwise } = children;
    const ways = [...when.map(({ steps }) => steps.facts), otherwise?.steps.facts ?? []];
    return [{ kind: "ways", ways }];
  },
});
