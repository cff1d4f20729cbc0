/** Which bodies must be in memory before an expression can read them, and how they get there. */
import { BodyTooLarge } from "../http/body.ts";
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
  if (request) await read("request", () => exchange.request.body.collect(limit));
  if (response) await read("response", async () => exchange.response?.body.collect(limit));
}

async function read(what: "request" | "response", collectBody: () => Promise<unknown>): Promise<void> {
  try {
    await collectBody();
  } catch (error) {
    const tooLarge = error instanceof BodyTooLarge;
    const status = what === "request" ? (tooLarge ? 413 : 400) : 502;
    const message = tooLarge
      ? `The ${what} body is larger than the ${error.limit} bytes a policy may hold.`
      : `The ${what} body could not be read.`;
    throw new PolicyFault(tooLarge ? "BodyTooLarge" : "BodyReadFailure", message, { status, cause: error });
  }
}
