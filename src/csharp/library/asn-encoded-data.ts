/** System.Security.Cryptography.AsnEncodedData and X500DistinguishedName. */
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { dataOf } from "./hash-algorithm.ts";
import type { Oid } from "./oid.ts";
import { type NameAttribute, readName } from "../../base/pki/distinguished-name.ts";
import { Flags, formatName } from "./x500-name.ts";

const NAMESPACE = "System.Security.Cryptography.";

export class AsnEncodedData extends CsObject {
  oid: Oid | null;
  raw: Uint8Array;

  constructor(oid: Oid | null, raw: Uint8Array) {
    super();
    this.oid = oid;
    this.raw = raw;
  }

  override get type(): Type {
    return type(`${NAMESPACE}AsnEncodedData`);
  }

  /** Hexadecimal pairs. */
  formatted(_multiLine: boolean): string {
    return Buffer.from(this.raw).toString("hex").toUpperCase();
  }
}

export class X500DistinguishedName extends AsnEncodedData {
  readonly parts: NameAttribute[][];

  /** @param raw DER; CryptographicException when it is no name */
  constructor(raw: Uint8Array) {
    super(null, raw);
    try {
      this.parts = readName(raw);
    } catch {
      throw cryptographicError("ASN1 corrupted data.");
    }
  }

  override get type(): Type {
    return type(`${NAMESPACE}X509Certificates.X500DistinguishedName`);
  }

  get name(): string {
    return formatName(this.parts);
  }

  override formatted(multiLine: boolean): string {
    const text = formatName(this.parts, Flags.Reversed | (multiLine ? Flags.UseNewLines : 0));
    return multiLine ? `${text}\r\n` : text;
  }
}

implement(`${NAMESPACE}AsnEncodedData`, {
  "new(byte[])": (raw: CsArray | null) => new AsnEncodedData(null, Uint8Array.from(dataOf(raw, "rawData"))),
  Oid: (self: AsnEncodedData) => self.oid,
  "Oid=": (self: AsnEncodedData, oid: Oid | null) => {
    self.oid = oid;
  },
  RawData: (self: AsnEncodedData) => bytes(self.raw.slice()),
  "RawData=": (self: AsnEncodedData, raw: CsArray | null) => {
    self.raw = Uint8Array.from(dataOf(raw, "value"));
  },
  "Format(bool)": (self: AsnEncodedData, multiLine: boolean) => self.formatted(multiLine),
});

function fromEncoded(data: AsnEncodedData | null): X500DistinguishedName {
  if (data === null) throw argumentNull("encodedDistinguishedName");
  return new X500DistinguishedName(data.raw);
}

implement(`${NAMESPACE}X509Certificates.X500DistinguishedName`, {
  "new(byte[])": (raw: CsArray | null) =>
    new X500DistinguishedName(Uint8Array.from(dataOf(raw, "encodedDistinguishedName"))),
  "new(AsnEncodedData)": fromEncoded,
  "new(X500DistinguishedName)": fromEncoded,
  Name: (self: X500DistinguishedName) => self.name,
  "Format(bool)": (self: X500DistinguishedName, multiLine: boolean) => self.formatted(multiLine),
  "Decode(X500DistinguishedNameFlags)": (self: X500DistinguishedName, flags: number) => formatName(self.parts, flags),
});
