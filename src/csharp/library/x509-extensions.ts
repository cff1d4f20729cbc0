/**
 * Extensions of certificates: X509ExtensionCollection, X509Extension and the classes of those that .NET knows. Friendly names and the text
 * of Format are those of Windows, where API Management runs. https://www.rfc-editor.org/rfc/rfc5280#section-4.2
 */
import type { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { type DerNode, readDer, Tag } from "../../base/pki/der.ts";
import type { Extension } from "../../base/pki/certificate-data.ts";
import { AsnEncodedData } from "./asn-encoded-data.ts";
import { copyItems } from "./array-items.ts";
import { ReadOnlyItems } from "./collection-protocol.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement, type Members } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { Oid } from "./oid.ts";
import type { X509Certificate2 } from "./x509-certificate2.ts";

const NAMESPACE = "System.Security.Cryptography.X509Certificates.";

/** An extension that .NET has a class for. */
interface Known {
  readonly className: string;
  readonly friendlyName: string;
  readonly text: (value: DerNode) => string[];
}

/** Names of the bits of a key usage, the first one first. */
const USAGES = [
  "Digital Signature",
  "Non-Repudiation",
  "Key Encipherment",
  "Data Encipherment",
  "Key Agreement",
  "Certificate Signing",
  "Off-line CRL Signing, CRL Signing",
  "Encipher Only",
  "Decipher Only",
];

/** X509KeyUsageFlags. */
function usageFlags(value: DerNode): number {
  const [, first = 0, second = 0] = value.content;
  return first | (second << 8);
}

function usageText(value: DerNode): string[] {
  const flags = usageFlags(value);
  const bit = (i: number) => (i < 8 ? 0x80 >> i : 0x8000);
  const raw = [...value.content.subarray(1)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return [`${USAGES.filter((_, i) => (flags & bit(i)) !== 0).join(", ")} (${raw})`];
}

const PURPOSES: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.7.3.1": "Server Authentication",
  "1.3.6.1.5.5.7.3.2": "Client Authentication",
  "1.3.6.1.5.5.7.3.3": "Code Signing",
  "1.3.6.1.5.5.7.3.4": "Secure Email",
  "1.3.6.1.5.5.7.3.8": "Time Stamping",
  "1.3.6.1.5.5.7.3.9": "OCSP Signing",
  "2.5.29.37.0": "Any Purpose",
};

function purposes(value: DerNode): Oid[] {
  return value.children.map(({ oid }) => new Oid(oid, PURPOSES[oid] ?? null));
}

function purposeText(value: DerNode): string[] {
  return purposes(value).map(({ name, value: oid }) => `${name ?? "Unknown Key Usage"} (${oid})`);
}

interface BasicConstraints {
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
}

function basicConstraints({ children }: DerNode): BasicConstraints {
  return {
    isAuthority: children.some(({ tag, content }) => tag === Tag.Boolean && content[0] !== 0),
    pathLength: children.find(({ tag }) => tag === Tag.Integer)?.integer,
  };
}

function constraintText(value: DerNode): string[] {
  const { isAuthority, pathLength } = basicConstraints(value);
  return [`Subject Type=${isAuthority ? "CA" : "End Entity"}`, `Path Length Constraint=${pathLength ?? "None"}`];
}

const NAME_KINDS: Readonly<Record<number, string>> = { 129: "RFC822 Name", 130: "DNS Name", 134: "URL" };
const IP_ADDRESS = 135;
const OTHER_NAME = 160;

function alternativeText(value: DerNode): string[] {
  return value.children.flatMap((name) => {
    const kind = NAME_KINDS[name.tag];
    if (kind) return [`${kind}=${name.text}`];
    if (name.tag === IP_ADDRESS) return [`IP Address=${addressText(name.content)}`];
    return name.tag === OTHER_NAME ? [`Other Name:${name.child(0).oid}=${name.child(1).child(0).text}`] : [];
  });
}

function addressText(raw: Uint8Array): string {
  if (raw.length === 4) return raw.join(".");
  const groups: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) groups.push(((raw[i] << 8) | raw[i + 1]).toString(16).padStart(4, "0"));
  return groups.join(":");
}

function hex(raw: Uint8Array): string {
  return Buffer.from(raw).toString("hex");
}

const KNOWN: ReadonlyMap<string, Known> = new Map([
  [
    "2.5.29.14",
    {
      className: "X509SubjectKeyIdentifierExtension",
      friendlyName: "Subject Key Identifier",
      text: (value) => [hex(value.content)],
    },
  ],
  ["2.5.29.15", { className: "X509KeyUsageExtension", friendlyName: "Key Usage", text: usageText }],
  [
    "2.5.29.17",
    {
      className: "X509SubjectAlternativeNameExtension",
      friendlyName: "Subject Alternative Name",
      text: alternativeText,
    },
  ],
  [
    "2.5.29.19",
    { className: "X509BasicConstraintsExtension", friendlyName: "Basic Constraints", text: constraintText },
  ],
  ["2.5.29.37", { className: "X509EnhancedKeyUsageExtension", friendlyName: "Enhanced Key Usage", text: purposeText }],
]);

/** Names of extensions without a class of their own. */
const FRIENDLY_NAMES: Readonly<Record<string, string>> = {
  "2.5.29.31": "CRL Distribution Points",
  "2.5.29.32": "Certificate Policies",
  "2.5.29.35": "Authority Key Identifier",
  "1.3.6.1.5.5.7.1.1": "Authority Information Access",
};

class X509Extension extends AsnEncodedData {
  readonly isCritical: boolean;
  readonly #known: Known | undefined;

  constructor(oid: string, { isCritical, value }: Extension) {
    const known = KNOWN.get(oid);
    super(new Oid(oid, known?.friendlyName ?? FRIENDLY_NAMES[oid] ?? null), value);
    this.isCritical = isCritical;
    this.#known = known;
  }

  override get type(): Type {
    return type(NAMESPACE + (this.#known?.className ?? "X509Extension"));
  }

  /** What the extension says. Throws CryptographicException when it is not what it should be. */
  read<T>(take: (value: DerNode) => T): T {
    try {
      return take(readDer(this.raw));
    } catch {
      throw cryptographicError("ASN1 corrupted data.");
    }
  }

  override formatted(multiLine: boolean): string {
    const known = this.#known;
    if (!known) return hex(this.raw).replace(/..(?=.)/g, "$& ");
    const parts = this.read(known.text);
    return multiLine ? parts.map((part) => `${part}\r\n`).join("") : parts.join(", ");
  }
}

const extensionMembers: Members = {
  Critical: (self: X509Extension) => self.isCritical,
  "Format(bool)": (self: X509Extension, multiLine: boolean) => self.formatted(multiLine),
};

implement(`${NAMESPACE}X509Extension`, extensionMembers);
implement(`${NAMESPACE}X509SubjectKeyIdentifierExtension`, {
  SubjectKeyIdentifier: (self: X509Extension) => self.read((value) => hex(value.content).toUpperCase()),
});
implement(`${NAMESPACE}X509KeyUsageExtension`, { KeyUsages: (self: X509Extension) => self.read(usageFlags) });
implement(`${NAMESPACE}X509BasicConstraintsExtension`, {
  CertificateAuthority: (self: X509Extension) => self.read(basicConstraints).isAuthority,
  HasPathLengthConstraint: (self: X509Extension) => self.read(basicConstraints).pathLength !== undefined,
  PathLengthConstraint: (self: X509Extension) => self.read(basicConstraints).pathLength ?? 0,
});
implement(`${NAMESPACE}X509SubjectAlternativeNameExtension`, {
  "EnumerateDnsNames()": (self: X509Extension) => {
    const names = self.read(({ children }) => children.filter(({ tag }) => tag === 130).map(({ text }) => text));
    return new ReadOnlyItems(
      type("System.String"),
      () => names.length,
      () => names,
    );
  },
});

/** OidCollection and X509ExtensionCollection: lists that are looked at by index, identifier or name. */
class Collection<T extends CsObject> extends ReadOnlyItems {
  readonly items: readonly T[];
  readonly #oidOf: (item: T) => Oid | null;

  constructor(typeName: string, itemType: string, items: readonly T[], oidOf: (item: T) => Oid | null) {
    super(
      type(itemType),
      () => items.length,
      () => items,
      type(typeName),
    );
    this.items = items;
    this.#oidOf = oidOf;
  }

  at(index: number): T {
    const found = this.items[index];
    if (!found) throw argumentOutOfRange("index");
    return found;
  }

  /** By identifier, or by friendly name. */
  called(wanted: string | null): T | null {
    if (wanted === null) throw argumentNull("oid");
    const matches = (oid: Oid | null) => oid?.value === wanted || oid?.name?.toLowerCase() === wanted.toLowerCase();
    return this.items.find((item) => matches(this.#oidOf(item))) ?? null;
  }
}

const collectionMembers: Members = {
  Count: (self: Collection<CsObject>) => self.items.length,
  "this[int]": (self: Collection<CsObject>, index: number) => self.at(index),
  "this[string]": (self: Collection<CsObject>, name: string | null) => self.called(name),
  "GetEnumerator()": (self: Collection<CsObject>) => new Enumerator(self),
  "CopyTo(*)": (self: Collection<CsObject>, target: never, index: number) =>
    copyItems([...self.items], 0, target, index, self.items.length),
};

implement("System.Security.Cryptography.OidCollection", collectionMembers);
implement(`${NAMESPACE}X509ExtensionCollection`, collectionMembers);
implement(`${NAMESPACE}X509EnhancedKeyUsageExtension`, {
  EnhancedKeyUsages: (self: X509Extension) => {
    const cryptography = "System.Security.Cryptography.";
    return new Collection(`${cryptography}OidCollection`, `${cryptography}Oid`, self.read(purposes), (oid) => oid);
  },
});

implement(`${NAMESPACE}X509Certificate2`, {
  Extensions: (self: X509Certificate2) => {
    const items = [...self.data.extensions].map(([oid, extension]) => new X509Extension(oid, extension));
    return new Collection(`${NAMESPACE}X509ExtensionCollection`, `${NAMESPACE}X509Extension`, items, (e) => e.oid);
  },
});
