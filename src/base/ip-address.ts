/**
 * IP addresses as numbers, so that every spelling of one address compares equal: IPv4-mapped, -compatible and -translated IPv6
 * (RFC 4291, RFC 7915), NAT64 (64:ff9b::/96, RFC 6052) and 6to4 (2002::/16, RFC 3056) forms are reduced to the IPv4 address inside.
 * Octal, hexadecimal, shortened and zone forms are refused: systems disagree on what they mean.
 */
import { isIP, isIPv4 } from "node:net";

export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Undefined when the text is no plain address. */
export function parseIp(text: string): IpAddress | undefined {
  const trimmed = text.trim();
  if (trimmed.includes("%") || isIP(trimmed) === 0) return undefined;
  if (isIPv4(trimmed)) return { family: 4, value: parse4(trimmed) };
  return reduce(parse6(trimmed));
}

function parse4(text: string): bigint {
  return text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parse6(text: string): bigint {
  let source = text;
  const lastColon = source.lastIndexOf(":");
  if (source.includes(".")) {
    const tail = parse4(source.slice(lastColon + 1));
    source = `${source.slice(0, lastColon + 1)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  }
  const [head, rest] = source.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = rest === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill("0"), ...right];
  return groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

const LOW_32 = 0xffffffffn;

function reduce(value: bigint): IpAddress {
  const upper96 = value >> 32n;
  const isMapped = upper96 === 0xffffn || upper96 === 0xffff0000n;
  const isCompatible = upper96 === 0n && value > 1n;
  const isNat64 = upper96 === 0x64ff9b0000000000000000n;
  if (isMapped || isCompatible || isNat64) return { family: 4, value: value & LOW_32 };
  if (value >> 112n === 0x2002n) return { family: 4, value: (value >> 80n) & LOW_32 };
  return { family: 6, value };
}

/** The one text of an address: IPv4 in decimals, IPv6 as RFC 5952 writes it. */
export function ipText({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`; a problem is told in words. */
export function parseRange(text: string): IpRange | { readonly problem: string } {
  const [base, bits, extra] = text.trim().split("/");
  const address = parseIp(base);
  if (address === undefined || extra !== undefined)
    return { problem: `"${text.trim()}" is not an IP address or range` };
  if (bits === undefined) return { family: address.family, first: address.value, last: address.value };
  const width = address.family === 4 ? 32 : 128;
  const prefix = Number(bits) - bitsBefore(address, base);
  if (!/^\d{1,3}$/.test(bits) || prefix < 0 || prefix > width)
    return { problem: `"/${bits}" is not a prefix length of ${base}` };
  const hostBits = BigInt(width - prefix);
  const first = (address.value >> hostBits) << hostBits;
  return { family: address.family, first, last: first | ((1n << hostBits) - 1n) };
}

/** Bits of an IPv6 form in front of the IPv4 address it stands for. */
function bitsBefore(address: IpAddress, text: string): number {
  if (address.family === 6 || !text.includes(":")) return 0;
  return /^\s*2002:/.test(text) ? 16 : 96;
}

/** A range by its ends. */
export function rangeBetween(from: string, to: string): IpRange | { readonly problem: string } {
  const first = parseIp(from);
  const last = parseIp(to);
  if (first === undefined) return { problem: `"${from}" is not an IP address` };
  if (last === undefined) return { problem: `"${to}" is not an IP address` };
  if (first.family !== last.family) return { problem: `${from} and ${to} are of different families` };
  if (first.value > last.value) return { problem: `the range runs backwards: ${from} is after ${to}` };
  return { family: first.family, first: first.value, last: last.value };
}

/** Ranges sorted and joined, so that a lookup is a binary search. */
export class IpRangeSet {
  readonly #byFamily: Readonly<Record<4 | 6, readonly IpRange[]>>;

  constructor(ranges: readonly IpRange[]) {
    this.#byFamily = {
      4: merged(ranges.filter((r) => r.family === 4)),
      6: merged(ranges.filter((r) => r.family === 6)),
    };
  }

  has({ family, value }: IpAddress): boolean {
    const ranges = this.#byFamily[family];
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (value < ranges[middle].first) high = middle - 1;
      else if (value > ranges[middle].last) low = middle + 1;
      else return true;
    }
    return false;
  }
}

function merged(ranges: readonly IpRange[]): IpRange[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: IpRange[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last !== undefined && range.first <= last.last + 1n) {
      if (range.last > last.last) result[result.length - 1] = { ...last, last: range.last };
    } else {
      result.push(range);
    }
  }
  return result;
}
