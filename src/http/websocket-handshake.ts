/** The parts of a WebSocket handshake that a gateway must check before it becomes a tunnel (RFC 6455 section 4). */
import { createHash } from "node:crypto";
import type { AcceptedHead, HeadRefusal } from "./head-check.ts";
import { connectionOptions } from "./hop-by-hop.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[A-Za-z0-9+/]{22}==$/;

const BODY: HeadRefusal = {
  status: 400,
  reason: "UpgradeWithBody",
  message: "An upgrade request must not have a body.",
};
const KEY_INVALID: HeadRefusal = {
  status: 400,
  reason: "WebSocketKeyInvalid",
  message: "The Sec-WebSocket-Key header is missing or invalid.",
};
const VERSION: HeadRefusal = {
  status: 426,
  reason: "WebSocketVersionNotSupported",
  message: "Only version 13 of WebSocket is supported.",
  headers: ["Upgrade", "websocket", "Sec-WebSocket-Version", "13"],
};

/** What is wrong with a client's handshake, else undefined. */
export function checkHandshake(raw: readonly string[], head: AcceptedHead): HeadRefusal | undefined {
  if (head.framing !== "none" && !(head.framing === "length" && head.length === 0)) return BODY;
  const keys = valuesOf(raw, "sec-websocket-key");
  if (keys.length !== 1 || !KEY.test(keys[0].trim())) return KEY_INVALID;
  const versions = valuesOf(raw, "sec-websocket-version");
  if (versions.length !== 1 || versions[0].trim() !== "13") return VERSION;
  return undefined;
}

/** True when an answer of 101 changes to WebSocket, and says so as one must (RFC 6455 section 4.1, RFC 9110 section 7.8). */
export function isSwitch(upgrade: string | undefined, connection: string | undefined): boolean {
  if (upgrade === undefined || connection === undefined) return false;
  return upgrade.toLowerCase() === "websocket" && connectionOptions(connection).includes("upgrade");
}

/** True when the server's answer proves that it speaks WebSocket and read this key. */
export function isAccepted(key: string, accept: string | undefined): boolean {
  return (
    accept?.trim() ===
    createHash("sha1")
      .update(key.trim() + GUID)
      .digest("base64")
  );
}

function valuesOf(raw: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i].length === name.length && raw[i].toLowerCase() === name) values.push(raw[i + 1]);
  }
  return values;
}
