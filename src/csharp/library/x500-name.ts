/** X.500 distinguished names, written as .NET writes them: most specific part first, values quoted where needed. */
import type { NameAttribute } from "../../base/pki/distinguished-name.ts";
import { oidName } from "./oid.ts";

/** Short names that stand without "OID." in front. */
const LABELS = new Set("CN SN SERIALNUMBER C L S STREET O OU T G I dnQualifier E DC".split(" "));

/** @param flags System.Security.Cryptography.X509Certificates.X500DistinguishedNameFlags */
export function formatName(parts: readonly NameAttribute[][], flags: number = Flags.Reversed): string {
  const separator = flags & Flags.UseNewLines ? "\r\n" : flags & Flags.UseSemicolons ? "; " : ", ";
  const ordered = flags & Flags.Reversed ? [...parts].reverse() : parts;
  const plus = flags & Flags.DoNotUsePlusSign ? " " : " + ";
  const quote = (flags & Flags.DoNotUseQuotes) === 0;
  return ordered.map((part) => part.map((a) => formatAttribute(a, quote)).join(plus)).join(separator);
}

/** X500DistinguishedNameFlags. */
export const Flags = {
  Reversed: 1,
  UseSemicolons: 16,
  DoNotUsePlusSign: 32,
  DoNotUseQuotes: 64,
  UseCommas: 128,
  UseNewLines: 256,
} as const;

function formatAttribute({ oid, value }: NameAttribute, quote: boolean): string {
  const name = oidName(oid);
  const label = name !== undefined && LABELS.has(name) ? name : `OID.${oid}`;
  const needsQuotes = value === "" || /^[ ]|[ ]$|[,+="\n<>#;]/.test(value);
  return `${label}=${quote && needsQuotes ? `"${value.replaceAll('"', '""')}"` : value}`;
}

/** The first attribute of a kind, from the most specific end. */
export function findAttribute(parts: readonly NameAttribute[][], oid: string): string | undefined {
  return [...parts]
    .reverse()
    .flat()
    .find((a) => a.oid === oid)?.value;
}
