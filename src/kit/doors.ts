/**
 * What policies mean for the doors of the gateway: facts that a policy states about its configuration, without running. `sallyport audit`
 * walks them along the composed plan of each operation.
 */
import type { StepPlace } from "./exchange.ts";
import type { Value } from "./value.ts";

export type Door =
  /** Only a valid token passes. */
  | {
      readonly kind: "token";
      /** It comes in the caller's Authorization. */
      readonly inAuthorization: boolean;
      readonly checksIssuer: boolean;
      readonly checksAudience: boolean;
      readonly checksSignature: boolean;
      readonly checksExpiry: boolean;
    }
  /** Only a client certificate passes; `isAnyones`: any at all, nobody vouches for it. */
  | { readonly kind: "client-certificate"; readonly isAnyones: boolean }
  /** Only callers from some addresses pass. */
  | { readonly kind: "address" }
  /** A check that lets pass what it finds wrong. */
  | { readonly kind: "ignored-check"; readonly how: string }
  /** A bound on calls (or volume) or on tokens of a model, for each subscription or each value of a key. */
  | { readonly kind: "limit"; readonly of: "calls" | "tokens"; readonly per: "subscription" | "key" | "callers-word" }
  | { readonly kind: "cors"; readonly isAnyOrigin: boolean; readonly allowsCredentials: boolean }
  /** Chooses where the request goes. */
  | { readonly kind: "backend"; readonly url?: string; readonly id?: string; readonly isCallersWord: boolean }
  /** Whose Authorization the request carries from here on. */
  | { readonly kind: "authorization"; readonly of: "gateway" | "nobody" }
  /** The gateway shows the backend who it is. */
  | { readonly kind: "credential" }
  /** A secret stands in the document. */
  | { readonly kind: "secret"; readonly what: string }
  /** Calls another service. */
  | { readonly kind: "call"; readonly url?: string; readonly isCallersWord: boolean }
  /** Sends the request to the backend. */
  | { readonly kind: "forward" }
  /** Ends the request with an answer of the gateway. */
  | { readonly kind: "answer" }
  /** The backend is a model. */
  | { readonly kind: "model" }
  /** One of these is taken. An empty one stands for going past all others. */
  | { readonly kind: "ways"; readonly ways: readonly (readonly StepFacts[])[] }
  /** All of these, in order. */
  | { readonly kind: "steps"; readonly steps: readonly StepFacts[] };

/** A compiled policy as the audit sees it. */
export interface StepFacts {
  readonly place: StepPlace;
  /** Codes that comments before the element, or one around it, silence. */
  readonly silenced: ReadonlySet<string>;
  doors(): readonly Door[];
}

/** Do these policies, or any inside them, deal with a model? */
export function dealsWithModel(steps: readonly StepFacts[]): boolean {
  return steps.some((step) => step.doors().some(isModelDoor));
}

function isModelDoor(door: Door): boolean {
  if (door.kind === "steps") return dealsWithModel(door.steps);
  if (door.kind === "ways") return door.ways.some(dealsWithModel);
  return door.kind === "model";
}

/** Parts of a request that its caller writes as it likes. */
const CALLERS: readonly string[] = [
  "IRequest.Headers",
  "IRequest.Url",
  "IRequest.OriginalUrl",
  "IRequest.Body",
  "IRequest.MatchedParameters",
];

/** What the gateway knows of a caller by itself, or may have worked out before. */
const GATEWAYS: readonly string[] = [
  "IRequest.IpAddress",
  "IRequest.Certificate",
  "IContext.Subscription",
  "IContext.User",
  "IContext.Variables",
];

/** Does a value depend on what the caller wrote, and on nothing that the gateway knows of the caller? */
export function isCallersWord({ uses }: Pick<Value<unknown>, "uses">): boolean {
  return uses !== undefined && CALLERS.some((m) => uses.has(m)) && !GATEWAYS.some((m) => uses.has(m));
}

const SECRET_NAME =
  /(^|[-_.])(authorization|api-?key|apikey|key|subscription-?key|token|secret|password|pwd|sig|signature|code|credentials?|connection-?string|sas)$/i;
/** `apiKey`, `client_secret2`: words inside names of other styles. */
const SECRET_WORD =
  /(secret|password|passwd|api[-_]?key|access[-_]?key|connection[-_]?string|private[-_]?key|client[-_]?key|sas[-_]?token)/i;

/** Does a header, query parameter or named value of this name hold a secret, as far as names tell? */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1-$2");
  return SECRET_NAME.test(words) || SECRET_WORD.test(words);
}

/** Stands the value in the document as it is, and holds something? */
export function isPlainText({ constant, isWritten }: Pick<Value<unknown>, "constant" | "isWritten">): boolean {
  return isWritten === true && typeof constant === "string" && constant.trim() !== "";
}
