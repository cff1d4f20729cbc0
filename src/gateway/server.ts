/** The listeners of a gateway and its admin server: started together, drained together. */
import { AdminServer } from "../admin/server.ts";
import type { Front, FrontOptions } from "../http/front.ts";
import { NodeFront } from "../http/node-front.ts";
import type { ListenerSettings, Settings } from "../resources/snapshot.ts";
import type { Gateway } from "./serve.ts";

export interface Address {
  /** Name of the listener; "admin" for the admin server. */
  readonly name: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
}

export class GatewayServer {
  readonly addresses: readonly Address[];
  readonly #gateway: Gateway;
  readonly #fronts: readonly Front[];
  readonly #admin: AdminServer | undefined;
  readonly #settings: Settings;
  #drained: Promise<void> | undefined;

  private constructor(
    gateway: Gateway,
    settings: Settings,
    fronts: readonly Front[],
    admin: AdminServer | undefined,
    addresses: readonly Address[],
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#fronts = fronts;
    this.#admin = admin;
    this.addresses = addresses;
  }

  /** Rejects with a clear error, and leaves nothing listening, when an address cannot be had. */
  static async start(gateway: Gateway, settings: Settings): Promise<GatewayServer> {
    const fronts: Front[] = [];
    const addresses: Address[] = [];
    let admin: AdminServer | undefined;
    try {
      for (const listener of settings.listeners) {
        const front = new NodeFront(frontOptions(gateway, listener, settings));
        const { host, port } = await front.listen();
        fronts.push(front);
        addresses.push({ name: listener.name, scheme: listener.tls === undefined ? "http" : "https", host, port });
      }
      if (settings.admin !== undefined) {
        admin = new AdminServer(gateway, settings);
        const { host, port } = await admin.listen();
        addresses.push({ name: "admin", scheme: "http", host, port });
      }
    } catch (error) {
      await Promise.all([...fronts.map((front) => front.close()), admin?.close()]);
      throw error;
    }
    return new GatewayServer(gateway, settings, fronts, admin, addresses);
  }

  /**
   * Leaves without losing a request: readiness says no at once, answers ask clients to go elsewhere, and only then do the listeners
   * close. The admin server answers to the end.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async close(): Promise<void> {
    this.#gateway.isDraining = true;
    await Promise.all([...this.#fronts.map((front) => front.close()), this.#admin?.close()]);
  }

  async #drain(): Promise<void> {
    this.#gateway.isDraining = true;
    const { lameDuckMs, drainGraceMs } = this.#settings.limits;
    await Promise.all(this.#fronts.map((front) => front.drain(lameDuckMs, drainGraceMs)));
    await this.#admin?.close();
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
      : { tls: { certificate: tls.certificate, key: tls.key, minVersion: tls.minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2" } }),
    onRequest: (request, reply) => gateway.handle(request, reply),
    onUpgrade: (request, tunnel) => gateway.upgrade(request, tunnel),
    onRefused: (facts) => gateway.refused(facts),
  };
}
