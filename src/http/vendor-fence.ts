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
    const egress = new Egress(reaching(rules, own), onRefusal);
    egress.configure(new Set([...urlsOf(named), ...own].map(({ origin }) => origin)));
    return egressAgents(egress, trust);
  };
}

/** The rules as they are at each moment: for clients that outlive a configuration. */
export function followingFence(source: Egress): VendorFence {
  return (named, machine = []) => {
    const own = urlsOf(machine);
    const egress = new Egress(reaching(source.rules, own));
    egress.configure(new Set([...urlsOf(named), ...own].map(({ origin }) => origin)));
    source.onRules(() => egress.take(reaching(source.rules, own)));
    return egressAgents(egress);
  };
}

/** Rules by which the machine's own service is reached, too, and without proxy. */
function reaching(rules: EgressRules, own: readonly URL[]): EgressRules {
  const hosts = own.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ""));
  const proxy = rules.proxy && { ...rules.proxy, except: [...rules.proxy.except, ...hosts] };
  return { ...rules, allow: [...rules.allow, ...hosts], proxy };
}

function urlsOf(texts: readonly string[]): URL[] {
  return texts.flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
}
