/** A JSON Web Token taken apart (RFC 7519), not verified: what `AsJwt()` and output-token-variable-name give to expressions. */

export class Jwt {
  readonly algorithm: string;
  readonly type: string;
  /** Every claim as strings: arrays have several, objects their JSON text. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
  readonly notBefore: number | undefined;
  readonly issuedAt: number | undefined;
  /** The first of exp, nbf and iat that is there and is no date. */
  readonly undatedClaim: string | undefined;

  constructor(header: Readonly<Record<string, unknown>>, payload: Readonly<Record<string, unknown>>) {
    this.algorithm = asText(header.alg) ?? "";
    this.type = asText(header.typ) ?? "";
    this.claims = new Map(Object.entries(payload).map(([name, value]) => [name, asTexts(value)]));
    this.audiences = this.claims.get("aud") ?? [];
    this.expiresAt = seconds(payload.exp);
    this.notBefore = seconds(payload.nbf);
    this.issuedAt = seconds(payload.iat);
    this.undatedClaim = ["exp", "nbf", "iat"].find(
      (name) => this.claims.has(name) && seconds(payload[name]) === undefined,
    );
  }

  get issuer(): string | undefined {
    return this.claims.get("iss")?.[0];
  }

  get subject(): string | undefined {
    return this.claims.get("sub")?.[0];
  }

  get id(): string | undefined {
    return this.claims.get("jti")?.[0];
  }
}

function asTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((v) => asText(v) ?? "");
  return [asText(value) ?? ""];
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value * 1000 : undefined;
}

const MAX_TOKEN_LENGTH = 64 * 1024;
const PART = /^[A-Za-z0-9_-]*$/;

/** Takes a compact JWS apart; a leading `Bearer ` is dropped. Undefined when it is none. */
export function parseJwt(text: string): Jwt | undefined {
  const token = text.trim().replace(/^Bearer\s+/i, "");
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every((p) => PART.test(p))) return undefined;
  const header = parsePart(parts[0]);
  const payload = parsePart(parts[1]);
  if (header === undefined || payload === undefined) return undefined;
  try {
    return new Jwt(header, payload);
  } catch {
    // Claims nested too deeply to be written out again.
    return undefined;
  }
}

function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url")));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
