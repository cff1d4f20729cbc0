/** The upstream client on undici's dispatch: raw headers in and out, bodies without node:stream, no redirects, no retries. */
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import type { Body } from "./body.ts";
import type { Egress } from "./egress.ts";
import type { Headers } from "./headers.ts";
import { isContentLength, isExpect, isHopByHop } from "./hop-by-hop.ts";
import { upstreamError } from "./upstream-failure.ts";
import { UpstreamPools } from "./upstream-pools.ts";
import { RequestBodyStream } from "./upstream-request-body.ts";
import { ResponseHandler, type Upgraded } from "./upstream-response.ts";
import { type Upstream, UpstreamError, type UpstreamRequest, type UpstreamResponse } from "./upstream.ts";
import { isAccepted } from "./websocket-handshake.ts";

/** Request bodies up to this declared length are read before a connection is taken: slow senders hold no backend. */
const SMALL_BYTES = 65_536;
/** Silence of a streaming response that is taken for death, unless the request says otherwise. */
const BODY_TIMEOUT_MS = 300_000;

export class NodeUpstream implements Upstream {
  readonly #pools: UpstreamPools;

  /** @param egress the fence that all calls pass; absent: none */
  constructor(egress?: Egress) {
    this.#pools = new UpstreamPools(egress);
  }

  request(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { length, buffered } = request.body;
    const isReadFirst = buffered === undefined && length !== undefined && length <= SMALL_BYTES;
    return isReadFirst ? collect(request).then(() => this.#send(request)) : this.#send(request);
  }

  async upgrade(
    request: UpstreamRequest,
  ): Promise<{ response: UpstreamResponse; socket?: Duplex; firstBytes?: Uint8Array }> {
    const result = await new Promise<Upgraded>((resolve, reject) => {
      this.#dispatch(request, "websocket", new ResponseHandler(request, resolve, reject));
    });
    const { socket, response } = result;
    if (socket === undefined) return result;
    const key = request.headers.first("sec-websocket-key") ?? "";
    if (response.status === 101 && isAccepted(key, response.headers.first("sec-websocket-accept")))
      return { response, socket };
    socket.destroy();
    throw new UpstreamError(
      "protocol",
      `The backend ${request.origin} did not accept the WebSocket handshake correctly.`,
    );
  }

  close(): Promise<void> {
    return this.#pools.close();
  }

  #send(request: UpstreamRequest): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      this.#dispatch(request, undefined, new ResponseHandler(request, (result) => resolve(result.response), reject));
    });
  }

  #dispatch(request: UpstreamRequest, upgrade: string | undefined, handler: ResponseHandler): void {
    const { origin } = request;
    try {
      if (request.signal?.aborted) throw new UpstreamError("aborted", `The request to ${origin} was aborted.`);
      const { tls, proxy, allowHttp2 = false } = request;
      const pool = this.#pools.pool({ origin, tls, proxy, allowHttp2 });
      pool.dispatch(dispatchOptions(request, upgrade, handler), handler);
    } catch (error) {
      request.body.discard();
      handler.fail(upstreamError(origin, error));
    }
  }
}

async function collect(request: UpstreamRequest): Promise<void> {
  try {
    await request.body.collect(SMALL_BYTES);
  } catch (error) {
    throw new UpstreamError("aborted", "The request body ended before it was complete.", error);
  }
}

function dispatchOptions(
  request: UpstreamRequest,
  upgrade: string | undefined,
  handler: ResponseHandler,
): Dispatcher.DispatchOptions {
  const { body } = request;
  return {
    origin: request.origin,
    path: request.path,
    method: request.method as Dispatcher.HttpMethod,
    headers: outgoingHeaders(request.headers, body),
    body: bodyOption(body, handler),
    headersTimeout: request.headersTimeoutMs,
    bodyTimeout: request.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    upgrade,
  };
}

function bodyOption(body: Body, handler: ResponseHandler): Dispatcher.DispatchOptions["body"] {
  const bytes = body.buffered;
  if (bytes !== undefined) return bytes.length === 0 ? null : bytes;
  const stream = new RequestBodyStream(body);
  handler.requestBody = stream;
  return stream as unknown as Dispatcher.DispatchOptions["body"];
}

/** What belongs to the connection, and every length somebody may have set, is left out; the one true length is added. */
function outgoingHeaders(headers: Headers, body: Body): string[] {
  const { raw } = headers;
  const out: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (isHopByHop(name) || isContentLength(name) || isExpect(name)) continue;
    out.push(name, raw[i + 1]);
  }
  if (body.buffered === undefined && body.length !== undefined) out.push("content-length", String(body.length));
  return out;
}
