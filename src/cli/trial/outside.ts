/** The world outside of a gateway under test: backends, providers of keys and identities, played by answers. Nothing leaves the process. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { type Upstream, UpstreamError, type UpstreamRequest, type UpstreamResponse } from "../../http/upstream.ts";
import type { Authorizations, Identities } from "../../kit/identities.ts";
import type { Queues } from "../../kit/queues.ts";
import type { Answer } from "./case-file.ts";

/** A call that the gateway made. */
export interface SentCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

const CONFIGURATION = "/.well-known/openid-configuration";
const KEYS = "/sallyport-test/keys";
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Claims of time below it count from now: a test must not grow old. */
const RELATIVE_SECONDS = 1_000_000;

/** Signs tokens with one key, which every OpenID provider here is said to have. */
export class TokenMaker {
  readonly #key: KeyObject;
  readonly jwks: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#key = privateKey;
    const key = { ...publicKey.export({ format: "jwk" }), kid: "test", alg: "RS256", use: "sig" };
    this.jwks = JSON.stringify({ keys: [key] });
  }

  make(claims: Readonly<Record<string, unknown>>): string {
    const now = Math.floor(Date.now() / 1000);
    const payload: Record<string, unknown> = { iat: now, exp: 600, ...claims };
    for (const name of ["exp", "nbf"]) {
      const value = payload[name];
      if (typeof value === "number" && value < RELATIVE_SECONDS) payload[name] = now + value;
    }
    const text = [{ alg: "RS256", typ: "JWT", kid: "test" }, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${sign("sha256", Buffer.from(text), this.#key).toString("base64url")}`;
  }
}

export class Outside implements Upstream {
  readonly sent: SentCall[] = [];
  readonly #answers: readonly Answer[];
  readonly #tokens: TokenMaker;

  constructor(answers: readonly Answer[], tokens: TokenMaker) {
    this.#answers = answers;
    this.#tokens = tokens;
  }

  async request({ method, origin, path, headers, body }: UpstreamRequest): Promise<UpstreamResponse> {
    const url = origin + path;
    const known = this.#answers.find((answer) => fits(answer, method, url));
    const provider = known === undefined ? this.#provider(origin, path) : undefined;
    if (provider !== undefined) return responseOf(200, [["Content-Type", "application/json"]], provider);
    const bytes = await body.collect(MAX_BODY_BYTES);
    this.sent.push({ method, url, headers: headers.clone(), body: Buffer.from(bytes).toString("utf8") });
    if (known?.failure !== undefined)
      throw new UpstreamError(known.failure, `The backend ${origin} fails, as the test says.`);
    return responseOf(known?.status ?? 200, known?.headers ?? [], known?.body ?? "");
  }

  async upgrade(request: UpstreamRequest): Promise<{ response: UpstreamResponse }> {
    return { response: await this.request(request) };
  }

  async close(): Promise<void> {}

  /** Every provider of keys is there, and says of itself what its address says. */
  #provider(origin: string, path: string): string | undefined {
    if (path.endsWith(KEYS)) return this.#tokens.jwks;
    if (!path.endsWith(CONFIGURATION)) return undefined;
    const issuer = origin + path.slice(0, -CONFIGURATION.length);
    return JSON.stringify({ issuer, jwks_uri: issuer + KEYS, id_token_signing_alg_values_supported: ["RS256"] });
  }
}

function fits({ url, method }: Answer, calledBy: string, called: string): boolean {
  if (method !== undefined && method !== calledBy) return false;
  return url.endsWith("*") ? called.startsWith(url.slice(0, -1)) : called === url;
}

function responseOf(status: number, headers: Answer["headers"], body: string): UpstreamResponse {
  return { status, reason: "", headers: Headers.of(headers), body: Body.text(body) };
}

/** Tokens that say what they are for: `test-token-for-https://orders.contoso.com`. */
export const TEST_IDENTITIES: Identities = {
  token: async (resource) => `test-token-for-${resource}`,
};

export const TEST_AUTHORIZATIONS: Authorizations = {
  token: async (provider, authorization) => ({
    accessToken: `test-token-for-${provider}/${authorization}`,
    claims: new Map(),
  }),
};

/** Takes everything. */
export const TEST_QUEUES: Queues = { send: async () => undefined };
