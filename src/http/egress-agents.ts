/** The fence for client libraries that bring HTTP of their own (vaults, identity, telemetry): agents of node:http and node:https. */
import { Agent as PlainAgent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { VendorAgents } from "../base/vendor-agents.ts";
import type { Egress } from "./egress.ts";
import { openTunnel } from "./egress-tunnel.ts";

const TIMEOUT_MS = 10_000;

type Create = PlainAgent["createConnection"];
type Options = Parameters<Create>[0];
type OnCreate = Parameters<Create>[1];

/** Agents whose connections all pass the fence, through the egress proxy when there is one. */
export function egressAgents(egress: Egress, trust?: SecureContext): VendorAgents {
  const http = new PlainAgent({ keepAlive: true });
  const secureContext = trust === undefined ? {} : { secureContext: trust };
  const https = new SecureAgent({ keepAlive: true, ...secureContext });
  fence(http, "http:", egress);
  fence(https, "https:", egress);
  egress.onRules(() => {
    const idle = [http, https].flatMap(({ freeSockets }) => Object.values(freeSockets));
    for (const sockets of idle) for (const socket of sockets ?? []) socket.destroy();
  });
  return { http, https };
}

function fence(agent: PlainAgent, protocol: "http:" | "https:", egress: Egress): void {
  const create = agent.createConnection.bind(agent) as Create;
  const connect = (options: Options, onCreate?: OnCreate): Duplex | null | undefined => {
    const host = options.host ?? "localhost";
    const port = Number(options.port ?? (protocol === "https:" ? 443 : 80));
    const shown = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    const { origin } = new URL(`${protocol}//${shown}:${port}`);
    const { localAddress } = egress.rules;
    const proxy = egress.proxyFor(host);
    const refused = proxy === undefined ? egress.check(origin, host) : egress.checkUnresolved(origin, host);
    if (refused !== undefined) {
      if (onCreate === undefined) throw refused;
      onCreate(refused, undefined as never);
      return undefined;
    }
    if (proxy === undefined || onCreate === undefined)
      return create({ ...options, localAddress, lookup: egress.lookup(origin) } as Options, onCreate);
    openTunnel(proxy, shown, port, { timeoutMs: TIMEOUT_MS, localAddress }).then(
      (socket: Socket) =>
        onCreate(null, protocol === "http:" ? socket : (create({ ...options, socket } as Options) as Duplex)),
      (error: Error) => onCreate(error, undefined as never),
    );
    return undefined;
  };
  agent.createConnection = connect as Create;
}
