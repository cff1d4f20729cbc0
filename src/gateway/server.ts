/** The listeners of a gateway, and the admin server beside them: started together, drained together. */
import { systemClock } from "../base/clock.ts";
import type { Front, FrontOptions } from "../http/front.ts";
import { createFront } from "../http/engine.ts";
import type { ListenerSettings, Settings } from "../resources/snapshot.ts";
import type { Log } from "../telemetry/log.ts";
import { rulesOf } from "./listener-rules.ts";
import { frontTls, Rotation } from "./rotation.ts";
import type { Gateway } from "./serve.ts";

export interface Address {
  /** Name of the listener or companion. */
  readonly name: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
}

/** A server that is started with the listeners and closed after them. */
export type Companion = Pick<Front, "name" | "listen" | "close">;

/** What listeners of one process have in common. */
export interface Sharing {
  /** Those that the first thread got, in order of the listeners; undefined for that one. */
  readonly ports: readonly number[] | undefined;
  readonly ticketSecret: Uint8Array;
  /** By which the threads tell each other of traces. */
  readonly channel: string;
}

export class GatewayServer {
  readonly addresses: readonly Address[];
  readonly #gateway: Gateway;
  readonly #fronts: readonly Front[];
  readonly #companion: Companion | undefined;
  readonly #settings: Settings;
  readonly #rotations: readonly Rotation[];
  #drained: Promise<void> | undefined;

  private constructor(
    gateway: Gateway,
    settings: Settings,
    fronts: readonly Front[],
    companion: Companion | undefined,
    addresses: readonly Address[],
    rotations: readonly Rotation[],
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#fronts = fronts;
    this.#companion = companion;
    this.addresses = addresses;
    this.#rotations = rotations;
  }

  /**
   * Rejects with a clear error, and leaves nothing listening, when an address cannot be had.
   * @param sharing ports and TLS sessions are shared with other threads
   */
  static async start(
    gateway: Gateway,
    settings: Settings,
    companion?: Companion,
    sharing?: Sharing,
  ): Promise<GatewayServer> {
    const fronts: Front[] = [];
    const addresses: Address[] = [];
    const rotations: Rotation[] = [];
    try {
      for (const [i, listener] of settings.listeners.entries()) {
        const port = sharing?.ports?.[i] ?? listener.port;
        const options = {
          ...frontOptions(gateway, listener, settings),
          port,
          reusePort: sharing !== undefined,
          ticketSecret: sharing?.ticketSecret,
        };
        const front = createFront(settings.http.engine, options);
        if (options.tls !== undefined) rotations.push(new Rotation(front, options.tls, systemClock.now));
        const bound = await front.listen();
        fronts.push(front);
        addresses.push({ name: listener.name, scheme: listener.tls === undefined ? "http" : "https", ...bound });
      }
      if (companion !== undefined) {
        const { host, port } = await companion.listen();
        addresses.push({ name: companion.name, scheme: "http", host, port });
      }
    } catch (error) {
      await Promise.all(fronts.map((front) => front.close()));
      throw error;
    }
    return new GatewayServer(gateway, settings, fronts, companion, addresses, rotations);
  }

  /**
   * Leaves without losing a request: readiness says no at once, answers ask clients to go elsewhere, and only then do the listeners
   * close. The companion answers to the end.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /**
   * Takes up certificates that have changed, for new connections. What cannot be used is logged, and the old certificate stays. All else
   * of a listener stays as it is until the next start.
   */
  update(settings: Settings, log: Log): void {
    for (const rotation of this.#rotations) {
      const next = settings.listeners.find(({ name }) => name === rotation.listener)?.tls;
      if (next !== undefined) rotation.take(frontTls(next, settings), log);
    }
  }

  async close(): Promise<void> {
    this.#gateway.isDraining = true;
    this.#gateway.stop();
    await Promise.all([...this.#fronts.map((front) => front.close()), this.#companion?.close()]);
  }

  async #drain(): Promise<void> {
    this.#gateway.isDraining = true;
    const { lameDuckMs, drainGraceMs } = this.#settings.limits;
    await Promise.all(this.#fronts.map((front) => front.drain(lameDuckMs, drainGraceMs)));
    this.#gateway.stop();
    await this.#companion?.close();
  }
}

function frontOptions(gateway: Gateway, listener: ListenerSettings, settings: Settings): FrontOptions {
  const rules = rulesOf(listener, settings);
  return {
    name: listener.name,
    host: listener.host,
    port: listener.port,
    limits: settings.http,
    ...(listener.tls === undefined ? {} : { tls: frontTls(listener.tls, settings) }),
    accepts: (address) => gateway.overload.acceptsConnection() && (rules?.accepts(address) ?? true),
    ...(listener.proxyProtocol === true ? { believesProxy: (address) => rules?.believes(address) ?? false } : {}),
    onRequest: (request, reply) => gateway.handle(request, reply),
    onUpgrade: (request, tunnel) => gateway.upgrade(request, tunnel),
    onRefused: (facts) => gateway.refused(facts),
  };
}
