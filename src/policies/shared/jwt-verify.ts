/** From the text of a token to a verified Jwt: strict syntax, signature by configured keys only, remembered until keys change. */
import { compactVerify, errors } from "jose";
import { Jwt } from "../../kit/jwt.ts";
import type { RefusalDetail } from "../../kit/outcome.ts";
import type { Services } from "../../kit/services.ts";
import { type DecryptionKey, decryptToken } from "./jwt-decrypt.ts";
import type { VerificationKey } from "./jwt-keys.ts";
import {
  MAX_TOKEN_LENGTH,
  malformed,
  type ParsedToken,
  parseSigned,
  problemOf,
  quoted,
  type TokenProblem,
} from "./jwt-text.ts";
import type { KeySet, OpenIdKeys } from "./openid-keys.ts";
import { TokenMemory } from "./token-memory.ts";

/** Keys that the policy itself holds. */
export interface PolicyKeys {
  readonly signing: readonly VerificationKey[];
  readonly decryption: readonly DecryptionKey[];
  /** Tells sets of keys apart whose texts are expressions; "" when all are fixed. */
  readonly digest: string;
}

export interface VerifiedToken {
  readonly jwt: Jwt;
  /** The key that made the signature; undefined for an unsigned token. */
  readonly signer: VerificationKey | undefined;
  /** Key sets that hold this key: several documents of one provider may share keys (Entra's versions 1 and 2). */
  readonly signedBy: readonly KeySet[];
  /** Key sets of all providers that are known. */
  readonly known: readonly KeySet[];
}

type Verdict = VerifiedToken | TokenProblem;

type FreshArguments = [text: string, digest: string, requireSigned: boolean, keys: PolicyKeys, services: Services];

/** Verifies tokens for one policy: what it remembers is for that policy alone. */
export class TokenVerifier {
  readonly #providers: readonly OpenIdKeys[];
  readonly #memory = new TokenMemory<VerifiedToken>();

  constructor(providers: readonly OpenIdKeys[]) {
    this.#providers = providers;
  }

  verify(text: string, requireSigned: boolean, keys: PolicyKeys, services: Services): Verdict | Promise<Verdict> {
    if (text.length > MAX_TOKEN_LENGTH) return malformed("it is too long");
    const digest = this.#memory.digestOf(keys.digest + text);
    if (this.#providers.length > 0 && this.#providers.some((p) => p.isOverdue(services)))
      return this.#afterRefresh(text, digest, requireSigned, keys, services);
    return (
      this.#memory.find(digest, this.#versions(services)) ??
      this.#verifyFresh(text, digest, requireSigned, keys, services)
    );
  }

  async #afterRefresh(...[text, digest, requireSigned, keys, services]: FreshArguments): Promise<Verdict> {
    await Promise.all(this.#providers.map((p) => p.get(services)));
    const known = this.#memory.find(digest, this.#versions(services));
    return known ?? this.#verifyFresh(text, digest, requireSigned, keys, services);
  }

  #versions(services: Services): string {
    if (this.#providers.length === 0) return "";
    if (this.#providers.length === 1) return String(this.#providers[0].current(services)?.version);
    return versionsOf(this.#providers.map((p) => p.current(services)));
  }

  async #verifyFresh(...[text, digest, requireSigned, keys, services]: FreshArguments): Promise<Verdict> {
    const signed = text.split(".").length === 5 ? await decryptToken(text, keys.decryption) : text;
    if (typeof signed !== "string") return signed;
    const parsed = parseSigned(signed);
    if ("reason" in parsed) return parsed;
    const isUnsigned = parsed.alg === "none" || parsed.signature === "";
    if (isUnsigned && (requireSigned || parsed.alg !== "none" || parsed.signature !== ""))
      return problemOf("TokenSignatureInvalid", "The token is not signed.", { expected: "a signature", found: "none" });
    let sets = await Promise.all(this.#providers.map((p) => p.get(services)));
    if (isUnsigned) return verified(parsed, undefined, sets);
    let signer = await signerOf(signed, parsed, keys.signing, sets);
    if ("reason" in signer && this.#providers.length > 0) {
      // The key may be new, or its id may name another key by now.
      const before = versionsOf(sets);
      sets = await Promise.all(this.#providers.map((p) => p.renewed(services)));
      if (versionsOf(sets) !== before) signer = await signerOf(signed, parsed, keys.signing, sets);
    }
    if ("reason" in signer)
      return { ...signer, detail: { ...signer.detail, keySets: this.#providers.map((p) => p.describe(services)) } };
    const token = verified(parsed, signer, sets);
    this.#memory.keep(digest, versionsOf(sets), keys.digest + text, token);
    return token;
  }
}

/** Versions of key sets, to be compared. */
function versionsOf(sets: readonly (KeySet | undefined)[]): string {
  return sets.map((set) => String(set?.version)).join();
}

function verified(
  { header, payload }: ParsedToken,
  signer: VerificationKey | undefined,
  sets: readonly (KeySet | undefined)[],
): VerifiedToken {
  const known = sets.filter((set) => set !== undefined);
  const signedBy =
    signer === undefined ? [] : known.filter((s) => s.keys.some((k) => k === signer || k.key.equals(signer.key)));
  return { jwt: new Jwt(header, payload), signer, signedBy, known };
}

/** The key that made the signature. */
async function signerOf(
  text: string,
  { alg, kid }: ParsedToken,
  own: readonly VerificationKey[],
  sets: readonly (KeySet | undefined)[],
): Promise<VerificationKey | TokenProblem> {
  const all = [...own, ...sets.flatMap((s) => s?.keys ?? [])];
  const named = kid === undefined ? [] : all.filter((k) => k.id === kid);
  // A key set whose key ids do not match says nothing of keys without id, so these are tried all the same.
  const fitting = named.length > 0 ? named : all.filter((k) => kid === undefined || k.id === undefined);
  const candidates = fitting.filter((k) => k.algorithms.includes(alg));
  const detail: RefusalDetail = { kid: kid?.slice(0, 100), alg: alg.slice(0, 20), keyIds: idsOf(all) };
  if (candidates.length === 0) {
    if (sets.includes(undefined)) {
      const problem = problemOf(
        "TokenSignatureKeyNotFound",
        "The keys of the OpenID provider are not available.",
        detail,
      );
      return { ...problem, isOutage: true };
    }
    const why = named.length > 0 ? `the key of that id serves ${named[0].algorithms.join(", ")}` : "none has that id";
    const message = `No key fits key id ${quoted(kid)} and algorithm ${quoted(alg)}: ${why}.`;
    return problemOf("TokenSignatureKeyNotFound", message, detail);
  }
  for (const candidate of candidates) {
    try {
      await compactVerify(text, candidate.key, { algorithms: [...candidate.algorithms] });
      return candidate;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return problemOf("TokenSignatureInvalid", "The signature of the token does not match.", detail);
}

function idsOf(keys: readonly VerificationKey[]): string[] {
  return keys.slice(0, 20).map((k) => k.id?.slice(0, 100) ?? "(none)");
}
