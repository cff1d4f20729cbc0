/**
 * The upstream client on sockets: HTTP/1.1 by our own codec. HTTP/2 is left to undici. No redirects; a request is sent again only when a
 * kept connection had been closed before it arrived, and doing it twice is as good as once.
 */
import type { Duplex } from "node:stream";
import type { Egress } from "../egress.ts";
import { NodeUpstream } from "../node-upstream.ts";
import { connectorOf, type Way, wayKey } from "../upstream-connect.ts";
import { type Upstream, UpstreamError, type UpstreamRequest, type UpstreamResponse } from "../upstream.ts";
import { isAccepted } from "../websocket-handshake.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallResult, SMALL_BYTES, UpstreamCall } from "./upstream-call.ts";
import { UpstreamPool } from "./upstream-pool.ts";

/** Expressions can make up origins: pools beyond this number replace the one made first. */
const MAX_POOLS = 1_000;

export class NativeUpstream implements Upstream {
  readonly #egress: Egress | undefined;
  readonly #deadlines = new Deadlines();
  readonly #pools = new Map<string, UpstreamPool>();
  readonly #http2: NodeUpstream;

  /** @param egress the fence that all calls pass; absent: none */
  constructor(egress?: Egress) {
    this.#egress = egress;
    this.#http2 = new NodeUpstream(egress);
    egress?.onRules(() => {
      for (const pool of this.#pools.values()) pool.retire();
      this.#pools.clear();
    });
  }

  request(request: UpstreamRequest): Promise<UpstreamResponse> {
    if (request.allowHttp2 === true) return this.#http2.request(request);
    const { length, isHeld } = request.body;
    // Slow senders hold no backend: small bodies are read before a connection is taken.
    if (isHeld || length === undefined || length > SMALL_BYTES) return this.#send(request);
    return request.body.collect(SMALL_BYTES).then(
      () => this.#send(request),
      (error: unknown) => {
        throw new UpstreamError("aborted", "The request body ended before it was complete.", error);
      },
    );
  }

  async upgrade(
    request: UpstreamRequest,
  ): Promise<{ response: UpstreamResponse; socket?: Duplex; firstBytes?: Uint8Array }> {
    const result = await new Promise<CallResult>((resolve, reject) => {
      this.#dispatch(new UpstreamCall(request, true, resolve, reject));
    });
    const { socket, response } = result;
    if (socket === undefined) return result;
    const key = request.headers.first("sec-websocket-key") ?? "";
    if (isAccepted(key, response.headers.first("sec-websocket-accept"))) return result;
    socket.destroy();
    const message = `The backend ${request.origin} did not accept the WebSocket handshake correctly.`;
    throw new UpstreamError("protocol", message);
  }

  async close(): Promise<void> {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
    this.#deadlines.close();
    await this.#http2.close();
  }

  #send(request: UpstreamRequest): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      this.#dispatch(new UpstreamCall(request, false, (result) => resolve(result.response), reject));
    });
  }

  #dispatch(call: UpstreamCall): void {
    const { request, origin } = call;
    if (call.isOver) return;
    if (request.signal?.aborted) {
      call.fail(new UpstreamError("aborted", `The request to ${origin} was aborted.`));
      return;
    }
    try {
      this.#pool(request).dispatch(call);
    } catch (error) {
      call.fail(error);
    }
  }

  #pool({ origin, tls, proxy }: UpstreamRequest): UpstreamPool {
    const way: Way = { origin, tls, proxy, allowHttp2: false };
    const key = wayKey(way);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= MAX_POOLS) this.#retireFirst();
    const pool = new UpstreamPool(
      origin,
      connectorOf(way, this.#egress),
      this.#egress?.rules.localAddress ?? undefined,
      this.#deadlines,
    );
    this.#pools.set(key, pool);
    return pool;
  }

  #retireFirst(): void {
    const first = this.#pools.entries().next().value;
    if (first === undefined) return;
    this.#pools.delete(first[0]);
    first[1].retire();
  }
}
