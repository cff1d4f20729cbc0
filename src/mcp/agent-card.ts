/**
 * The card of an A2A agent as callers of the gateway need it: the gateway's address, JSON-RPC alone, the subscription key.
 * https://a2a-protocol.org/v0.3.0/specification/#5-agent-discovery-the-agent-card
 */
import { isObject } from "./json-rpc.ts";

export interface CardFacts {
  /** Where callers send JSON-RPC. */
  readonly url: string;
  /** Header of the subscription key; undefined: none is asked for. */
  readonly keyHeader: string | undefined;
}

const KEY_SCHEME = "subscriptionKey";

/** Undefined when the text is no JSON object. */
export function gatewayCard(text: string, { url, keyHeader }: CardFacts): string | undefined {
  let card: unknown;
  try {
    card = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(card)) return undefined;
  // Signatures are of the card as it was.
  const { additionalInterfaces, supportedInterfaces, securitySchemes, security, signatures, ...rest } = card;
  const result: Record<string, unknown> = { ...rest, url, preferredTransport: "JSONRPC" };
  if (Array.isArray(supportedInterfaces)) result.supportedInterfaces = interfacesOf(supportedInterfaces, url);
  if (keyHeader !== undefined) {
    result.securitySchemes = { [KEY_SCHEME]: { type: "apiKey", in: "header", name: keyHeader } };
    result.security = [{ [KEY_SCHEME]: [] }];
  }
  return JSON.stringify(result);
}

/** A2A 1.0 lists every way to the agent. */
function interfacesOf(interfaces: readonly unknown[], url: string): unknown[] {
  const rpc = interfaces.filter((way) => isObject(way) && way.protocolBinding === "JSONRPC");
  return rpc.slice(0, 1).map((way) => ({ ...(way as object), url }));
}
