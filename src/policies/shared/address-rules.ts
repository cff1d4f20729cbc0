/** What ip-filter and check-ip do with a caller's address. */
import { type IpRangeSet, parseIp } from "../../base/ip-address.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { type Outcome, Refusal } from "../../kit/outcome.ts";

/** Answers of both policies are 403 with the same public words: a caller learns nothing of the list. */
export function judgeAddress(x: Exchange, action: "allow" | "forbid", ...ranges: readonly IpRangeSet[]): Outcome {
  const address = parseIp(x.clientAddress);
  if (address === undefined) {
    return refuse(x, action, "FailedToParseCallerIP", "Failed to establish IP address for the caller. Access denied.");
  }
  const isListed = ranges.some((set) => set.has(address));
  if (action === "allow" && !isListed) {
    return refuse(
      x,
      action,
      "CallerIpNotAllowed",
      `Caller IP address ${x.clientAddress} is not allowed. Access denied.`,
    );
  }
  if (action === "forbid" && isListed)
    return refuse(x, action, "CallerIpBlocked", "Caller IP address is blocked. Access denied.");
  return undefined;
}

function refuse(x: Exchange, action: string, reason: string, message: string): Refusal {
  const detail = { action, caller: x.clientAddress, peer: x.incoming.remoteAddress };
  return new Refusal(403, reason, message, { publicMessage: "Forbidden", detail });
}
