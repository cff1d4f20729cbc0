/** Which bodies must be in memory before an expression can read them, and how they get there. */
import { type Body, BodyTooLarge } from "../http/body.ts";
import type { Exchange } from "./exchange.ts";
import { PolicyFault } from "./outcome.ts";

/** Bit set: what must be buffered. */
export const NEEDS_NOTHING = 0;
export const NEEDS_REQUEST_BODY = 1;
export const NEEDS_RESPONSE_BODY = 2;

/** Buffers what is needed; undefined when everything already is, so that the caller need not await. */
export function prepare(exchange: Exchange, needs: number): Promise<void> | undefined {
  const wantsRequest = needs & NEEDS_REQUEST_BODY && exchange.request.body.buffered === undefined;
  const response = exchange.response;
  const wantsResponse = needs & NEEDS_RESPONSE_BODY && response !== null && response.body.buffered === undefined;
  if (!wantsRequest && !wantsResponse) return undefined;
  return collect(exchange, Boolean(wantsRequest), Boolean(wantsResponse));
}

async function collect(exchange: Exchange, request: boolean, response: boolean): Promise<void> {
  const limit = exchange.snapshot.settings.limits.bufferedBodyBytes;
  if (request) await read("request", exchange.request.body, limit);
  if (response && exchange.response !== null) await read("response", exchange.response.body, limit);
}

async function read(what: "request" | "response", body: Body, limit: number): Promise<void> {
  if (body.isSpent)
    throw new PolicyFault("BodyReadFailure", `The ${what} body was already sent; it can be read only before.`);
  try {
    await body.collect(limit);
  } catch (error) {
    throw readFault(what, error);
  }
}

function readFault(what: "request" | "response", error: unknown): PolicyFault {
  if (error instanceof BodyTooLarge) {
    const message = `The ${what} body is larger than the ${error.limit} bytes a policy may hold.`;
    return new PolicyFault("BodyTooLarge", message, { status: what === "request" ? 413 : 502, cause: error });
  }
  if (what === "response")
    return new PolicyFault("BodyReadFailure", "The response body could not be read.", { status: 502, cause: error });
  return new PolicyFault(
    "ClientConnectionFailure",
    "The caller closed the connection before the request body was complete.",
    { status: 400, cause: error },
  );
}
