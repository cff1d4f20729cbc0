/** System.Net.IPAddress. https://learn.microsoft.com/dotnet/api/system.net.ipaddress */
import { bytes, type CsArray, CsException, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "./ip-text.ts";
import { hashString } from "./string.ts";

/** System.Net.Sockets.AddressFamily. */
const InterNetwork = 2;
const InterNetworkV6 = 23;

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

export class IpAddress extends CsObject {
  /** 4 or 16 bytes. */
  readonly raw: Uint8Array;
  scope: bigint;

  constructor(raw: Uint8Array, scope = 0n) {
    super();
    this.raw = raw;
    this.scope = scope;
  }

  override get type(): Type {
    return type("System.Net.IPAddress");
  }

  get isIPv4(): boolean {
    return this.raw.length === 4;
  }

  override toText(): string {
    if (this.isIPv4) return formatIPv4(this.raw);
    return this.scope === 0n ? formatIPv6(this.raw) : `${formatIPv6(this.raw)}%${this.scope}`;
  }

  override equals(other: unknown): boolean {
    return other instanceof IpAddress && other.toText() === this.toText() && other.isIPv4 === this.isIPv4;
  }

  override hash(): number {
    return hashString(this.toText());
  }

  /** ::ffff:a.b.c.d */
  get isMapped(): boolean {
    return !this.isIPv4 && MAPPED_PREFIX.every((byte, i) => this.raw[i] === byte);
  }
}

/** IPAddress.TryParse: IPv6 may have brackets, a port behind them (dropped) and a numeric scope. */
export function readIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const raw = parseIPv4(text);
    return raw && new IpAddress(raw);
  }
  const found = /^(?:\[([^\]]*)\](?::\d{1,5})?|([^[\]]*))$/.exec(text);
  if (!found) return undefined;
  const [address, scope] = (found[1] ?? found[2]).split("%");
  const raw = parseIPv6(address);
  if (!raw || (scope !== undefined && scope === "")) return undefined;
  return new IpAddress(raw, /^\d+$/.test(scope ?? "") ? BigInt.asUintN(32, BigInt(scope)) : 0n);
}

/** IPAddress.Parse. */
export function parseIpAddress(text: string | null): IpAddress {
  if (text === null) throw argumentNull("ipString");
  const found = readIpAddress(text);
  if (!found) {
    throw new CsException(
      "System.FormatException",
      "An invalid IP address was specified.",
      socketError("Invalid argument"),
    );
  }
  return found;
}

function fromBytes(raw: CsArray | null): IpAddress {
  if (raw === null) throw argumentNull("address");
  const { length } = raw.items;
  if (length !== 4 && length !== 16) throw argument("An invalid IP address was specified.", "address");
  return new IpAddress(Uint8Array.from(raw.items as Uint8Array));
}

/** The bytes of an IPv4 address as a little-endian number. */
function fromNumber(value: bigint): IpAddress {
  if (value < 0n || value > 0xffff_ffffn) throw argumentOutOfRange("newAddress");
  return new IpAddress(Uint8Array.from([0n, 8n, 16n, 24n], (shift) => Number((value >> shift) & 255n)));
}

function toNumber(self: IpAddress): bigint {
  if (!self.isIPv4) throw unsupported();
  return self.raw.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** The text is that of the operating system: Linux. */
function socketError(text: string): CsException {
  return new CsException("System.Net.Sockets.SocketException", text);
}

const unsupported = () => socketError("Operation not supported");

function mapToIPv4(self: IpAddress): IpAddress {
  return self.isIPv4 ? self : new IpAddress(self.raw.slice(12));
}

function mapToIPv6(self: IpAddress): IpAddress {
  if (!self.isIPv4) return self;
  return new IpAddress(Uint8Array.of(...MAPPED_PREFIX, ...self.raw));
}

function isLoopback(address: IpAddress | null): boolean {
  if (address === null) throw argumentNull("address");
  if (address.isIPv4) return address.raw[0] === 127;
  return address.toText() === "::1" || address.toText() === "::ffff:127.0.0.1";
}

const any = (...raw: number[]) => new IpAddress(Uint8Array.from(raw));
const v6 = (last: number) => new IpAddress(Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? last : 0)));

/** First bits of an IPv6 address. */
function startsWith(bits: (first: number, second: number) => boolean) {
  return (self: IpAddress) => !self.isIPv4 && bits(self.raw[0], self.raw[1]);
}

const swap16 = (value: number) => ((((value & 255) << 8) | ((value >> 8) & 255)) << 16) >> 16;
const swap32 = (value: number) =>
  ((value & 255) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);

function swap64(value: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, true);
  return view.getBigInt64(0, false);
}

implement("System.Net.IPAddress", {
  "new(byte[])": fromBytes,
  "new(byte[],long)": (raw: CsArray | null, scope: bigint) => {
    const address = fromBytes(raw);
    if (address.isIPv4) throw argument("An invalid IP address was specified.", "address");
    return new IpAddress(address.raw, scope);
  },
  "new(long)": fromNumber,
  Any: () => any(0, 0, 0, 0),
  Broadcast: () => any(255, 255, 255, 255),
  None: () => any(255, 255, 255, 255),
  Loopback: () => any(127, 0, 0, 1),
  IPv6Any: () => v6(0),
  IPv6None: () => v6(0),
  IPv6Loopback: () => v6(1),
  "Parse(string)": parseIpAddress,
  "TryParse(string,IPAddress&)": (text: string | null, result: Ref) => {
    const found = text === null ? undefined : readIpAddress(text);
    result.v = found ?? null;
    return found !== undefined;
  },
  "IsLoopback(IPAddress)": isLoopback,
  "GetAddressBytes()": (self: IpAddress) => bytes(self.raw.slice()),
  "MapToIPv4()": mapToIPv4,
  "MapToIPv6()": mapToIPv6,
  "ToString()": (self: IpAddress) => self.toText(),
  "Equals(object)": (self: IpAddress, other: unknown) => self.equals(other),
  "GetHashCode()": (self: IpAddress) => self.hash(),
  AddressFamily: (self: IpAddress) => (self.isIPv4 ? InterNetwork : InterNetworkV6),
  Address: toNumber,
  ScopeId: (self: IpAddress) => {
    if (self.isIPv4) throw unsupported();
    return self.scope;
  },
  "ScopeId=": (self: IpAddress, value: bigint) => {
    if (self.isIPv4) throw unsupported();
    self.scope = value;
  },
  IsIPv4MappedToIPv6: (self: IpAddress) => self.isMapped,
  IsIPv6LinkLocal: startsWith((first, second) => first === 0xfe && (second & 0xc0) === 0x80),
  IsIPv6SiteLocal: startsWith((first, second) => first === 0xfe && (second & 0xc0) === 0xc0),
  IsIPv6Multicast: startsWith((first) => first === 0xff),
  IsIPv6UniqueLocal: startsWith((first) => (first & 0xfe) === 0xfc),
  IsIPv6Teredo: (self: IpAddress) => !self.isIPv4 && Buffer.from(self.raw.subarray(0, 4)).readUInt32BE() === 0x20010000,
  "HostToNetworkOrder(short)": swap16,
  "HostToNetworkOrder(int)": swap32,
  "HostToNetworkOrder(long)": swap64,
  "NetworkToHostOrder(short)": swap16,
  "NetworkToHostOrder(int)": swap32,
  "NetworkToHostOrder(long)": swap64,
});
