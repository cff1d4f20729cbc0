/**
 * The PROXY protocol, versions 1 (text) and 2 (binary): a load balancer that does not speak HTTP tells in front of the first byte who
 * the caller is. Read strictly, and only from peers that are believed: whoever may write it may be anybody.
 * https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt
 */
import { isIPv4, isIPv6, type Socket } from "node:net";
import { ipText, parseIp } from "../base/ip-address.ts";

export interface ProxiedCaller {
  readonly address: string;
  readonly port: number;
}

/** `caller` is undefined when the proxy speaks for itself (health checks: UNKNOWN, LOCAL). */
export type ProxyHeader =
  | { readonly kind: "header"; readonly length: number; readonly caller: ProxiedCaller | undefined }
  /** More bytes are needed. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "invalid" };

const INCOMPLETE: ProxyHeader = { kind: "incomplete" };
const INVALID: ProxyHeader = { kind: "invalid" };

const SIGNATURE_2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const HEAD_2_BYTES = 16;
/** Extensions (TLVs) are skipped; nobody sends more of them. */
const MAX_BYTES_2 = 4_096;
const MAX_BYTES_1 = 107;
const LINE_1 = /^PROXY (TCP4|TCP6) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/;

/** Reads the header from the first bytes of a connection. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, SIGNATURE_2.length);
  if (compared > 0 && bytes.subarray(0, compared).equals(SIGNATURE_2.subarray(0, compared))) return parse2(bytes);
  return parse1(bytes);
}

function parse1(bytes: Buffer): ProxyHeader {
  const text = bytes.subarray(0, MAX_BYTES_1).toString("latin1");
  if (!"PROXY ".startsWith(text.slice(0, 6)) && !text.startsWith("PROXY ")) return INVALID;
  const end = text.indexOf("\r\n");
  if (end < 0) return bytes.length >= MAX_BYTES_1 ? INVALID : INCOMPLETE;
  const line = text.slice(0, end);
  const length = end + 2;
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { kind: "header", length, caller: undefined };
  const [, family, source, target, port, targetPort] = LINE_1.exec(line) ?? [];
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  if (family === undefined || !isAddress(source) || !isAddress(target)) return INVALID;
  if (Number(port) > 65_535 || Number(targetPort) > 65_535) return INVALID;
  return { kind: "header", length, caller: callerOf(source, Number(port)) };
}

function parse2(bytes: Buffer): ProxyHeader {
  if (bytes.length < HEAD_2_BYTES) return INCOMPLETE;
  const command = bytes[12];
  const family = bytes[13];
  const length = HEAD_2_BYTES + bytes.readUInt16BE(14);
  if ((command !== 0x20 && command !== 0x21) || length > MAX_BYTES_2) return INVALID;
  if (bytes.length < length) return INCOMPLETE;
  // LOCAL: the proxy's own connection; AF_UNSPEC and AF_UNIX name no address.
  if (command === 0x20 || family === 0x00 || family === 0x31 || family === 0x32)
    return { kind: "header", length, caller: undefined };
  if (family === 0x11) return caller4(bytes, length);
  return family === 0x21 ? caller6(bytes, length) : INVALID;
}

function caller4(bytes: Buffer, length: number): ProxyHeader {
  if (length < HEAD_2_BYTES + 12) return INVALID;
  const address = [...bytes.subarray(16, 20)].join(".");
  return { kind: "header", length, caller: callerOf(address, bytes.readUInt16BE(24)) };
}

function caller6(bytes: Buffer, length: number): ProxyHeader {
  if (length < HEAD_2_BYTES + 36) return INVALID;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(16 + 2 * i).toString(16));
  return { kind: "header", length, caller: callerOf(groups.join(":"), bytes.readUInt16BE(48)) };
}

function callerOf(text: string, port: number): ProxiedCaller {
  const address = parseIp(text);
  return { address: address === undefined ? text : ipText(address), port };
}

/**
 * Waits for the header of a new connection, takes it off and calls `done`; what follows it is left in the socket. A connection without
 * one, or with one that is late or wrong, is closed.
 */
export function readProxyHeader(
  socket: Socket,
  timeoutMs: number,
  done: (caller: ProxiedCaller | undefined) => void,
): void {
  let received: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const onError = () => socket.destroy();
  const onClose = () => clearTimeout(timer);
  const onReadable = () => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null)
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const header = parseProxyHeader(received);
    if (header.kind === "incomplete") return;
    clearTimeout(timer);
    socket.off("readable", onReadable);
    socket.off("error", onError);
    socket.off("close", onClose);
    if (header.kind === "invalid") {
      socket.on("error", onError);
      socket.destroy();
      return;
    }
    if (received.length > header.length) socket.unshift(received.subarray(header.length));
    done(header.caller);
  };
  socket.on("readable", onReadable);
  socket.on("error", onError);
  socket.on("close", onClose);
}
