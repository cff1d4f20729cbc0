/**
 * The admin server: liveness, readiness and status, for orchestrators and operators. It listens on an address of its own (loopback
 * unless the settings say otherwise), so that no route of the gateway, and no header a caller may forge, leads to it.
 */
import { Body } from "../http/body.ts";
import type { Front, IncomingRequest, Reply } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { createFront } from "../http/engine.ts";
import type { Settings } from "../resources/snapshot.ts";
import type { ExpiryState, ExpiryWatch } from "../secrets/expiry-watch.ts";
import { PROMETHEUS_TYPE } from "../telemetry/prometheus-text.ts";

/** What the admin server reports on. */
export interface Watched {
  readonly isLoaded: boolean;
  readonly isDraining: boolean;
  /** Version of the configuration in force. */
  readonly version: string | undefined;
}

/** What it tells beside that. */
export interface AdminFacts {
  readonly expiries?: Pick<ExpiryWatch, "states">;
  /** In the text format of Prometheus. */
  readonly metrics?: () => Promise<string>;
  /** When the copy was saved (ms since the epoch) that is in force instead of the folder; undefined: the folder is. */
  readonly copySavedAt?: () => number | undefined;
}

export class AdminServer {
  readonly name = "admin";
  readonly #watched: Watched;
  readonly #facts: AdminFacts;
  readonly #front: Front;
  readonly #startedAt = Date.now();

  constructor(watched: Watched, settings: Settings, facts: AdminFacts = {}) {
    this.#watched = watched;
    this.#facts = facts;
    this.#front = createFront(settings.http.engine, {
      name: "admin",
      host: settings.admin?.host ?? "127.0.0.1",
      port: settings.admin?.port ?? 0,
      limits: { ...settings.http, maxConnections: 100 },
      onRequest: (request, reply) => this.#answer(request, reply),
      onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
    });
  }

  listen(): Promise<{ host: string; port: number }> {
    return this.#front.listen();
  }

  close(): Promise<void> {
    return this.#front.close();
  }

  #answer(request: IncomingRequest, reply: Reply): void {
    if (request.method !== "GET" && request.method !== "HEAD") {
      send(reply, 405, { error: "Method not allowed" }, ["Allow", "GET, HEAD"]);
      return;
    }
    const isReady = this.#watched.isLoaded && !this.#watched.isDraining;
    switch (request.target) {
      case "/livez":
        send(reply, 200, { status: "ok" });
        return;
      case "/readyz":
        send(reply, isReady ? 200 : 503, { status: isReady ? "ok" : this.#state() });
        return;
      case "/status":
        send(reply, 200, {
          state: this.#state(),
          configuration: this.#watched.version ?? null,
          ...this.#copy(),
          uptimeSeconds: Math.floor((Date.now() - this.#startedAt) / 1000),
          node: process.version,
          residentBytes: process.memoryUsage.rss(),
          expiring: this.#expiring(),
          certificates: this.#certificates(),
        });
        return;
      case "/metrics":
        void this.#sendMetrics(reply);
        return;
      default:
        send(reply, 404, { error: "Not found" });
    }
  }

  /** Secrets, certificates and app registrations that near their end or have passed it, the soonest first. */
  #expiring(): unknown[] {
    const due = this.#states().filter(({ state }) => state !== "valid");
    return due.map(({ kind, name, expiresAt, state, days }) => {
      return { kind, name, expiresOn: new Date(expiresAt).toISOString(), state, daysLeft: days };
    });
  }

  /** All of the configuration, those that backends are shown among them, the first to expire first. */
  #certificates(): unknown[] {
    const certificates = this.#states().filter(({ kind }) => kind === "certificate");
    return certificates.map(({ name, expiresAt, days }) => {
      return { name, expiresOn: new Date(expiresAt).toISOString(), daysLeft: days };
    });
  }

  #states(): readonly ExpiryState[] {
    return this.#facts.expiries?.states() ?? [];
  }

  /** Said only where it holds: the folder could not be loaded at the start. */
  #copy(): { readonly lastGoodCopyOf?: string } {
    const savedAt = this.#facts.copySavedAt?.();
    return savedAt === undefined ? {} : { lastGoodCopyOf: new Date(savedAt).toISOString() };
  }

  async #sendMetrics(reply: Reply): Promise<void> {
    const { metrics } = this.#facts;
    if (metrics === undefined) {
      send(reply, 404, { error: "Not found" });
      return;
    }
    try {
      const headers = new Headers(["Content-Type", PROMETHEUS_TYPE, "Cache-Control", "no-store"]);
      reply.send(200, "", headers, Body.text(await metrics()));
    } catch {
      send(reply, 500, { error: "The metrics could not be gathered" });
    }
  }

  #state(): string {
    if (this.#watched.isDraining) return "draining";
    return this.#watched.isLoaded ? "ready" : "starting";
  }
}

function send(reply: Reply, status: number, content: unknown, more: readonly string[] = []): void {
  const headers = new Headers(["Content-Type", "application/json", "Cache-Control", "no-store", ...more]);
  reply.send(status, "", headers, Body.text(JSON.stringify(content)));
}
