/** ip-filter: lets callers pass, or keeps them out, by address. */
import { type IpRange, IpRangeSet, parseRange, rangeBetween } from "../base/ip-address.ts";
import { oneOf, string, textString } from "../kit/attributes.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { judgeAddress } from "./shared/address-rules.ts";

export const ipFilter = definePolicy({
  name: "ip-filter",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Access restriction",
  summary: "Allows or forbids calls from addresses and address ranges.",
  reference: "https://learn.microsoft.com/azure/api-management/ip-filter-policy",
  attributes: { action: oneOf(["allow", "forbid"], { required: true, expression: true, doc: "allow | forbid." }) },
  children: {
    address: {
      many: true,
      text: textString({ required: true, expression: true }),
      doc: "An address, or a range as prefix/length.",
    },
    "address-range": {
      many: true,
      attributes: {
        from: string({ required: true, expression: true }),
        to: string({ required: true, expression: true }),
      },
      doc: "A range from one address to another.",
    },
  },
  compile({ action, children }, context) {
    const { address: addresses, addressRange: ranges } = children;
    if (addresses.length + ranges.length === 0) context.error("<ip-filter> needs an <address> or <address-range>");
    const fixed: IpRange[] = [];
    const keep = (range: IpRange | { problem: string }, line: number) => {
      if (!("problem" in range)) fixed.push(range);
      else if (!context.isLoose || !range.problem.includes("{{")) context.error(range.problem, { line });
    };
    for (const { text, line } of addresses) if (text.constant !== undefined) keep(parseRange(text.constant), line);
    for (const { from, to, line } of ranges) {
      if (from.constant !== undefined && to.constant !== undefined)
        keep(rangeBetween(from.constant, to.constant), line);
    }
    const fixedSet = new IpRangeSet(fixed);
    const computedAddresses = addresses.filter((a) => a.text.constant === undefined);
    const computedRanges = ranges.filter((r) => r.from.constant === undefined || r.to.constant === undefined);
    if (computedAddresses.length + computedRanges.length === 0) {
      return (x) => judgeAddress(x, lower(action.get(x)), fixedSet);
    }
    return (x) => {
      const computed = [
        ...computedAddresses.map((a) => parseRange(a.text.get(x))),
        ...computedRanges.map((r) => rangeBetween(r.from.get(x), r.to.get(x))),
      ].map((range) => {
        if ("problem" in range)
          throw new PolicyFault("InvalidAddress", `An expression of <ip-filter> is wrong: ${range.problem}.`);
        return range;
      });
      return judgeAddress(x, lower(action.get(x)), fixedSet, new IpRangeSet(computed));
    };
  },
  doors: ({ action }) => (action.constant?.toLowerCase() === "forbid" ? [] : [{ kind: "address" }]),
});

function lower(action: string): "allow" | "forbid" {
  const word = action.trim().toLowerCase();
  if (word === "allow" || word === "forbid") return word;
  throw new PolicyFault("InvalidAction", "The action of <ip-filter> is neither allow nor forbid.");
}
