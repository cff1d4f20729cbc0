/**
 * The fence around outgoing calls: which addresses may be connected to. Judged on the address that a name resolved to, in the moment of
 * connecting, so that neither a spelling nor a name server leads around it. Hosts that the configuration names may be in private
 * networks; what an expression, a token or a redirect makes up may not. Link-local addresses, where clouds keep their metadata services
 * and with them credentials, are open to nobody who did not ask for them by address.
 */
import type { LookupAddress, LookupAllOptions, LookupOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { type IpAddress, type IpRange, IpRangeSet, parseIp, parseRange } from "../base/ip-address.ts";
import { dnsCache } from "./dns-cache.ts";
import { UpstreamError } from "./upstream.ts";

type Scope = "listed" | "configured" | "any";

/** See `egress` in docs/guide/listeners-and-network.md. */
export interface EgressRules {
  /** Addresses, ranges and host names (`*.example.com` for all below). */
  readonly allow: readonly string[];
  readonly private: Scope;
  readonly public: Scope;
  readonly proxy?: EgressProxy | undefined;
  /** Address of this machine that calls start from. */
  readonly localAddress?: string | undefined;
}

export interface EgressProxy {
  /** `http://host:port` or https. */
  readonly url: string;
  readonly username?: string | undefined;
  /** A secret. */
  readonly password?: string | undefined;
  /** Host names that are called without it. */
  readonly except: readonly string[];
}

/** A refused call, for the log. */
export interface EgressRefusal {
  readonly origin: string;
  /** Undefined when it is not known: a proxy would have resolved the name. */
  readonly address: string | undefined;
  readonly network: Network;
}

export type Network = "link-local" | "private" | "public";

/** Link-local addresses, and metadata services elsewhere: AWS (IPv6), Google (IPv6), Alibaba, Oracle, Azure's wire server. */
const GUARDED = rangeSet([
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
]);
/** https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin: what no public host has. */
const PRIVATE = rangeSet([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16"],
  ...["198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"],
  ...["::", "::1", "64:ff9b:1::/48", "100::/64", "2001::/23", "fc00::/7", "fec0::/10", "ff00::/8"],
]);

export class Egress {
  readonly #onRefusal: ((refusal: EgressRefusal) => void) | undefined;
  readonly #followers: (() => void)[] = [];
  #rules: EgressRules;
  #ranges: IpRangeSet;
  #allow: HostList;
  #direct: HostList;
  #configured: ReadonlySet<string> = new Set();

  constructor(rules: EgressRules, onRefusal?: (refusal: EgressRefusal) => void) {
    this.#rules = rules;
    this.#ranges = rangeSet(rules.allow);
    this.#allow = new HostList(rules.allow);
    this.#direct = new HostList(rules.proxy?.except ?? []);
    this.#onRefusal = onRefusal;
  }

  get rules(): EgressRules {
    return this.#rules;
  }

  /** Connections from now on are judged, and go their way, by these rules. */
  take(rules: EgressRules): void {
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return;
    this.#rules = rules;
    this.#ranges = rangeSet(rules.allow);
    this.#allow = new HostList(rules.allow);
    this.#direct = new HostList(rules.proxy?.except ?? []);
    for (const follow of this.#followers) follow();
  }

  /** Is called when the rules have changed: who keeps connections that were made by the old ones gives them up. */
  onRules(follow: () => void): void {
    this.#followers.push(follow);
  }

  /** Takes up the origins that a configuration names, in the spelling of `new URL(...).origin`. */
  configure(origins: ReadonlySet<string>): void {
    this.#configured = origins;
  }

  /** The proxy for a host, when calls to it go through one. */
  proxyFor(host: string): EgressProxy | undefined {
    return this.#direct.has(host) ? undefined : this.rules.proxy;
  }

  /**
   * Resolves a name to those of its addresses that may be connected to; an error of failure "denied" when there is none. As the
   * `lookup` of net.connect, which does not call it for an address: `check` is for that.
   */
  lookup(origin: string): LookupFunction {
    return (hostname, options, callback) => {
      const all = { ...(options as LookupOptions), all: true } as LookupAllOptions;
      dnsCache.lookup(hostname, all, (error, found) => {
        if (error !== null) {
          callback(error, [] as never);
          return;
        }
        const allowed = this.#filter(origin, hostname, found);
        if (allowed instanceof Error) callback(allowed, [] as never);
        else if ((options as LookupOptions).all === true) callback(null, allowed);
        else callback(null, allowed[0].address, allowed[0].family);
      });
    };
  }

  /** Why a host that is an address itself may not be connected to; undefined when it may, or is a name. */
  check(origin: string, host: string): UpstreamError | undefined {
    const literal = host.startsWith("[") ? host.slice(1, -1) : host;
    return isIP(literal) === 0 ? undefined : this.#judge(origin, literal, literal);
  }

  /** The same for a name that a proxy will resolve: only what the name itself says can be judged. */
  checkUnresolved(origin: string, host: string): UpstreamError | undefined {
    const name = plain(host);
    if (name === "localhost" || name.endsWith(".localhost")) return this.#judge(origin, name, "127.0.0.1");
    const literal = this.check(origin, host);
    if (literal !== undefined || isIP(host) !== 0 || host.startsWith("[")) return literal;
    if (this.#allow.has(host) || this.#isWithin(this.rules.public, origin)) return undefined;
    return this.#refuse({ origin, address: undefined, network: "public" });
  }

  #filter(origin: string, hostname: string, found: readonly LookupAddress[]): LookupAddress[] | UpstreamError {
    const allowed: LookupAddress[] = [];
    let refused: EgressRefusal | undefined;
    for (const candidate of found) {
      const network = this.#networkRefused(origin, hostname, candidate.address);
      if (network === undefined) allowed.push(candidate);
      else refused = { origin, address: candidate.address, network };
    }
    if (allowed.length > 0) return allowed;
    return this.#refuse(refused ?? { origin, address: undefined, network: "public" });
  }

  #judge(origin: string, host: string, address: string): UpstreamError | undefined {
    const network = this.#networkRefused(origin, host, address);
    return network === undefined ? undefined : this.#refuse({ origin, address, network });
  }

  /** The network an address belongs to when it may not be called; undefined when it may. */
  #networkRefused(origin: string, host: string, text: string): Network | undefined {
    const address = parseIp(text);
    // Zones are for links: fe80::1%eth0.
    if (address === undefined) return "link-local";
    if (this.#ranges.has(address)) return undefined;
    const network = networkOf(address);
    if (network === "link-local") return network;
    if (this.#allow.has(host)) return undefined;
    return this.#isWithin(this.rules[network], origin) ? undefined : network;
  }

  #isWithin(scope: Scope, origin: string): boolean {
    return scope === "any" || (scope === "configured" && this.#configured.has(origin));
  }

  #refuse(refusal: EgressRefusal): UpstreamError {
    this.#onRefusal?.(refusal);
    // The address is for the log: names of internal hosts must not be made to tell theirs.
    const { origin, network } = refusal;
    return new UpstreamError("denied", `The egress rules do not allow calls to ${origin}, a ${network} address.`);
  }
}

function networkOf(address: IpAddress): Network {
  if (GUARDED.has(address)) return "link-local";
  return PRIVATE.has(address) ? "private" : "public";
}

/** Names as written and, with `*.` in front, all below one. */
class HostList {
  readonly #names = new Set<string>();
  readonly #suffixes: string[] = [];

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      if (text.startsWith("*.")) this.#suffixes.push(text.slice(1));
      else this.#names.add(text);
    }
  }

  has(host: string): boolean {
    const name = plain(host);
    return this.#names.has(name) || this.#suffixes.some((suffix) => name.endsWith(suffix));
  }
}

function plain(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

function rangeSet(texts: readonly string[]): IpRangeSet {
  return new IpRangeSet(texts.map(parseRange).filter((range): range is IpRange => !("problem" in range)));
}
