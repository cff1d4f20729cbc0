/** The egress rules for client libraries of vendors, one set of agents for each client, with the hosts that it is configured for. */
import type { SecureContext } from "node:tls";
import type { VendorFence } from "../base/vendor-agents.ts";
import { Egress, type EgressRefusal, type EgressRules } from "./egress.ts";
import { egressAgents } from "./egress-agents.ts";

/**
 * @param trust who vouches for hosts, where the rules are of a configuration that is not yet in force; default: as the process has it
 */
export function vendorFence(
  rules: EgressRules,
  trust?: SecureContext,
  onRefusal?: (refusal: EgressRefusal) => void,
): VendorFence {
  return (named, machine = []) => {
    const own = urlsOf(machine);
    const hosts = own.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ""));
    const proxy = rules.proxy && { ...rules.proxy, except: [...rules.proxy.except, ...hosts] };
    const egress = new Egress({ ...rules, allow: [...rules.allow, ...hosts], proxy }, onRefusal);
    egress.configure(new Set([...urlsOf(named), ...own].map(({ origin }) => origin)));
    return egressAgents(egress, trust);
  };
}

function urlsOf(texts: readonly string[]): URL[] {
  return texts.flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
}
