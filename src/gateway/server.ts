/** The listeners of a gateway, and the admin server beside them: started together, drained together. */
import type { Front, FrontOptions } from "../http/front.ts";
import { NodeFront } from "../http/node-front.ts";
import type { ListenerSettings, Settings } from "../resources/snapshot.ts";
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

export class GatewayServer {
  readonly addresses: readonly Address[];
  readonly #gateway: Gateway;
  readonly #fronts: readonly Front[];
  readonly #companion: Companion | undefined;
  readonly #settings: Settings;
  #drained: Promise<void> | undefined;

  private constructor(
    gateway: Gateway,
    settings: Settings,
    fronts: readonly Front[],
    companion: Companion | undefined,
    addresses: readonly Address[],
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#fronts = fronts;
    this.#companion = companion;
    this.addresses = addresses;
  }

  /** Rejects with a clear error, and leaves nothing listening, when an address cannot be had. */
  static async start(gateway: Gateway, settings: Settings, companion?: Companion): Promise<GatewayServer> {
    const fronts: Front[] = [];
    const addresses: Address[] = [];
    try {
      for (const listener of settings.listeners) {
        const front = new NodeFront(frontOptions(gateway, listener, settings));
        const { host, port } = await front.listen();
        fronts.push(front);
        addresses.push({ name: listener.name, scheme: listener.tls === undefined ? "http" : "https", host, port });
      }
      if (companion !== undefined) {
        const { host, port } = await companion.listen();
        addresses.push({ name: companion.name, scheme: "http", host, port });
      }
    } catch (error) {
      await Promise.all(fronts.map((front) => front.close()));
      throw error;
    }
    return new GatewayServer(gateway, settings, fronts, companion, addresses);
  }

  /**
   * Leaves without losing a request: readiness says no at once, answers ask clients to go elsewhere, and only then do the listeners
   * close. The companion answers to the end.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async close(): Promise<void> {
    this.#gateway.isDraining = true;
    await Promise.all([...this.#fronts.map((front) => front.close()), this.#companion?.close()]);
  }

  async #drain(): Promise<void> {
    this.#gateway.isDraining = true;
    const { lameDuckMs, drainGraceMs } = this.#settings.limits;
    await Promise.all(this.#fronts.map((front) => front.drain(lameDuckMs, drainGraceMs)));
    await this.#companion?.close();
  }
}

function frontOptions(gateway: Gateway, listener: ListenerSettings, settings: Settings): FrontOptions {
  const { tls } = listener;
  return {
    name: listener.name,
    host: listener.host,
    port: listener.port,
    limits: settings.http,
    ...(tls === undefined
      ? {}
      : {
          tls: {
            certificate: tls.certificate,
            key: tls.key,
            minVersion: tls.minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2",
          },
        }),
    onRequest: (request, reply) => gateway.handle(request, reply),
    onUpgrade: (request, tunnel) => gateway.upgrade(request, tunnel),
    onRefused: (facts) => gateway.refused(facts),
  };
}
