/** RSA keys as XML and as RSAParameters. https://learn.microsoft.com/dotnet/api/system.security.cryptography.rsaparameters */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { structDefault } from "../runtime/default-value.ts";
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";

const TYPE = "System.Security.Cryptography.RSAParameters";

/** The key of an RSA object. */
interface KeyHolder {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Elements of RSAKeyValue and fields of RSAParameters, and the members of a JSON Web Key that they are. */
const PARTS: readonly [name: string, member: keyof JsonWebKey][] = [
  ["Modulus", "n"],
  ["Exponent", "e"],
  ["P", "p"],
  ["Q", "q"],
  ["DP", "dp"],
  ["DQ", "dq"],
  ["InverseQ", "qi"],
  ["D", "d"],
];

const PUBLIC_PARTS = 2;

function jwkOf(self: KeyHolder, withPrivate: boolean): JsonWebKey {
  return (withPrivate ? self.privateKey : self.publicKey).export({ format: "jwk" });
}

const decoded = (jwk: JsonWebKey, member: keyof JsonWebKey) => Buffer.from(String(jwk[member]), "base64url");

function keyFrom(jwk: JsonWebKey): KeyObject {
  return (jwk.d ? createPrivateKey : createPublicKey)({ key: jwk, format: "jwk" });
}

export function toXml(self: KeyHolder, withPrivate: boolean): string {
  const jwk = jwkOf(self, withPrivate);
  const parts = withPrivate ? PARTS : PARTS.slice(0, PUBLIC_PARTS);
  const element = ([name, member]: (typeof PARTS)[number]) =>
    `<${name}>${decoded(jwk, member).toString("base64")}</${name}>`;
  return `<RSAKeyValue>${parts.map(element).join("")}</RSAKeyValue>`;
}

export function fromXml(xml: string | null): KeyObject {
  if (xml === null) throw argumentNull("xmlString");
  const jwk: JsonWebKey = { kty: "RSA" };
  for (const [name, member] of PARTS) {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
    if (found) jwk[member] = Buffer.from(found[1], "base64").toString("base64url");
  }
  if (!jwk.n || !jwk.e) {
    throw cryptographicError("Input string does not contain a valid encoding of the 'RSA' 'Modulus' parameter.");
  }
  return keyFrom(jwk);
}

/** A struct of byte arrays; null where a part is not known. */
export class RsaParameters extends CsObject {
  readonly parts = new Map<string, CsArray | null>();

  override get type(): Type {
    return type(TYPE);
  }
}

structDefault(TYPE, () => new RsaParameters());

export function exportParameters(self: KeyHolder, withPrivate: boolean): RsaParameters {
  const jwk = jwkOf(self, withPrivate);
  const made = new RsaParameters();
  const modulusLength = decoded(jwk, "n").length;
  for (const [name, member] of withPrivate ? PARTS : PARTS.slice(0, PUBLIC_PARTS)) {
    const raw = decoded(jwk, member);
    // The parts of a private key have leading zeros up to the length that the modulus gives them.
    const length = member === "e" || member === "n" ? raw.length : modulusLength / (member === "d" ? 1 : 2);
    made.parts.set(name, bytes(new Uint8Array(Buffer.concat([Buffer.alloc(Math.max(length - raw.length, 0)), raw]))));
  }
  return made;
}

export function importParameters(parameters: RsaParameters): KeyObject {
  const jwk: JsonWebKey = { kty: "RSA" };
  for (const [name, member] of PARTS) {
    const part = parameters.parts.get(name);
    if (part) jwk[member] = Buffer.from(part.items as Uint8Array).toString("base64url");
  }
  if (!jwk.n || !jwk.e)
    throw cryptographicError("The specified RSA parameters are not valid. Exponent and Modulus are required.");
  return keyFrom(jwk);
}

const members: Members = { "new()": () => new RsaParameters() };
for (const [name] of PARTS) {
  members[name] = (self: RsaParameters) => self.parts.get(name) ?? null;
  members[`${name}=`] = (self: RsaParameters, value: CsArray | null) => {
    self.parts.set(name, value);
  };
}
implement(TYPE, members);
