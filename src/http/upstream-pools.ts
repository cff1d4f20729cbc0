/**
 * Connection pools to backends: one for each origin and set of TLS options, made on first use. A backend's sockets are given up
 * before servers usually close theirs, because a request on a socket the server has just closed is lost.
 */
import { Pool } from "undici";
import type { Egress } from "./egress.ts";
import { connectorOf, type Way, wayKey } from "./upstream-connect.ts";

/** Below the 5 s after which Node servers, among the shortest in use, close idle connections. */
const KEEP_ALIVE_MS = 4_000;
/** Upper bound when a backend announces its own time with Keep-Alive. */
const KEEP_ALIVE_MAX_MS = 60_000;
/** To one origin: as many as callers may have, by default. With fewer, streams that stay open would keep other calls waiting unseen. */
const MAX_CONNECTIONS = 10_000;
const MAX_HEADER_BYTES = 32_768;
/** Expressions can make up origins: pools beyond this number replace the one unused for longest. */
const MAX_POOLS = 1_000;

export class UpstreamPools {
  readonly #pools = new Map<string, Pool>();
  readonly #egress: Egress | undefined;

  constructor(egress?: Egress) {
    this.#egress = egress;
    egress?.onRules(() => {
      for (const pool of this.#pools.values()) void pool.close();
      this.#pools.clear();
    });
  }

  pool(way: Way): Pool {
    const key = wayKey(way);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= MAX_POOLS) closeOldest(this.#pools);
    const pool = this.#open(way);
    this.#pools.set(key, pool);
    return pool;
  }

  #open(way: Way): Pool {
    return new Pool(way.origin, {
      connect: connectorOf(way, this.#egress),
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      allowH2: way.allowHttp2,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      localAddress: this.#egress?.rules.localAddress,
      // Both are given with each request.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async close(): Promise<void> {
    const all = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(all.map((pool) => pool.destroy()));
  }
}

/** Requests under way on it end in peace: close waits for them. */
function closeOldest(pools: Map<string, Pool>): void {
  const oldest = pools.entries().next().value;
  if (oldest === undefined) return;
  pools.delete(oldest[0]);
  void oldest[1].close();
}
