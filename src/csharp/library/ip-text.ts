/** Text forms of IP addresses, for System.Net.IPAddress and the hosts of System.Uri. */

/**
 * Reads an IPv4 address with one to four parts, each decimal, octal (0...) or hexadecimal (0x...); the last part fills the
 * rest, so 10.1 is 10.0.0.1.
 */
export function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length > 4) return undefined;
  const numbers = parts.map(parsePart);
  if (numbers.includes(undefined)) return undefined;
  const values = numbers as number[];
  const last = values.pop() as number;
  if (values.some((value) => value > 255) || last >= 256 ** (4 - values.length)) return undefined;
  const address = values.reduce((sum, value, i) => sum + value * 256 ** (3 - i), last);
  return Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
}

function parsePart(text: string): number | undefined {
  const isHex = /^0[xX][0-9a-fA-F]{1,8}$/.test(text);
  if (!isHex && !/^(0[0-7]*|[1-9][0-9]{0,9})$/.test(text)) return undefined;
  const value = isHex ? Number(text) : text.startsWith("0") ? Number.parseInt(text, 8) : Number(text);
  return value <= 0xffff_ffff ? value : undefined;
}

/** An IPv6 address without brackets and scope: 16 bytes. */
export function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = (tail ?? head).at(-1);
  const embedded = last?.includes(".") ? last : undefined;
  const raw: number[] = [];
  const groups = (list: string[]): boolean => {
    for (const group of list) {
      if (group === embedded && group === list.at(-1) && list === (tail ?? head)) {
        const four = /^(\d{1,3}\.){3}\d{1,3}$/.test(group) ? parseDotted(group) : undefined;
        if (!four) return false;
        raw.push(...four);
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return false;
        const value = Number.parseInt(group, 16);
        raw.push(value >> 8, value & 255);
      }
    }
    return true;
  };
  if (!groups(head)) return undefined;
  if (tail === undefined) return raw.length === 16 ? Uint8Array.from(raw) : undefined;
  const start = raw.length;
  if (!groups(tail) || raw.length > 14) return undefined;
  const address = new Uint8Array(16);
  address.set(raw.slice(0, start));
  address.set(raw.slice(start), 16 - (raw.length - start));
  return address;
}

/** Four decimal parts. */
function parseDotted(text: string): number[] | undefined {
  const parts = text.split(".").map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

export function formatIPv4(raw: ArrayLike<number>): string {
  return Array.from(raw).join(".");
}

/** Lower case, the longest run of zero groups as `::`, an embedded IPv4 address in dotted form. */
export function formatIPv6(raw: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (raw[i * 2] << 8) | raw[i * 2 + 1]);
  const dotted = hasEmbeddedIPv4(groups) ? formatIPv4(raw.subarray(12)) : undefined;
  const shown = (dotted === undefined ? groups : groups.slice(0, 6)).map((group) => group.toString(16));
  const [start, length] = longestZeros(groups, shown.length);
  if (dotted !== undefined) shown.push(dotted);
  if (length < 2) return shown.join(":");
  return `${shown.slice(0, start).join(":")}::${shown.slice(start + length).join(":")}`;
}

function longestZeros(groups: readonly number[], end: number): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let i = 0; i < end; i++) {
    let length = 0;
    while (i + length < end && groups[i + length] === 0) length++;
    if (length > best[1]) best = [i, length];
    i += length;
  }
  return best;
}

/** IPv4-compatible, IPv4-mapped, SIIT and ISATAP addresses. */
function hasEmbeddedIPv4(groups: readonly number[]): boolean {
  const zeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  if (zeros(4)) {
    if (groups[4] === 0 && groups[5] === 0) return groups[6] !== 0;
    if (groups[4] === 0xffff && groups[5] === 0) return true;
    if (groups[4] === 0 && groups[5] === 0xffff) return true;
  }
  return groups[4] === 0 && groups[5] === 0x5efe;
}
