/** check-ip: the short form of ip-filter: a list of addresses and ranges in one attribute. Sallyport's own. */
import { type IpRange, IpRangeSet, parseRange } from "../base/ip-address.ts";
import { oneOf, string, textString } from "../kit/attributes.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { judgeAddress } from "./shared/address-rules.ts";

export const checkIp = definePolicy({
  name: "check-ip",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Allows or forbids calls from a comma-separated list of addresses and ranges.",
  reference: "https://learn.microsoft.com/azure/api-management/ip-filter-policy",
  attributes: {
    addresses: string({ required: true, doc: "Addresses and prefix/length ranges, separated by commas." }),
  },
  children: { action: { min: 1, text: textString({ required: true }), doc: "allow | forbid." } },
  compile({ addresses, children }, context) {
    const ranges: IpRange[] = [];
    for (const part of addresses.split(",")) {
      const range = parseRange(part);
      if (!("problem" in range)) ranges.push(range);
      else if (!context.isLoose || !part.includes("{{")) {
        context.error(range.problem, {
          attribute: "addresses",
          hint: 'For example addresses="203.0.113.0/24, 198.51.100.23".',
        });
      }
    }
    const action = oneOf(["allow", "forbid"], {}).read(children.action.text);
    if ("problem" in action) context.error(`The action is wrong: ${action.problem}`);
    const word = "value" in action && action.value === "forbid" ? "forbid" : "allow";
    const set = new IpRangeSet(ranges);
    return (x) => judgeAddress(x, word, set);
  },
  doors: ({ children }) => (children.action.text.toLowerCase() === "forbid" ? [] : [{ kind: "address" }]),
});
