/**
 * What client libraries of vendors (vaults, identity, telemetry) connect through: agents of Node that keep the egress rules. Made in
 * src/http, used in the rooms that hold such libraries.
 */
import type { Agent as PlainAgent } from "node:http";
import type { Agent as SecureAgent } from "node:https";

export interface VendorAgents {
  readonly http: PlainAgent;
  readonly https: SecureAgent;
}

/**
 * @param named URLs that the settings or the environment name for this client: hosts that are "configured" for the rules
 * @param machine URLs of the machine's own identity service, which the client is for: reached wherever they are, and without proxy
 */
export type VendorFence = (named: readonly string[], machine?: readonly string[]) => VendorAgents;
