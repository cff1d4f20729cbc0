/** What is looked for on the way of one operation, for one entrance: who may call, how much, and what policies say of it. */
import type { Door } from "../kit/doors.ts";
import type { Entrance } from "./entrances.ts";
import type { Found } from "./findings.ts";
import type { Place } from "./finding.ts";
import type { Met, State, Walked } from "./walk.ts";

export interface OperationView {
  readonly entrance: Entrance;
  readonly walked: Walked;
  readonly method: string;
  /** Where what is missing is said: the API's policy document, else its description. */
  readonly place: Place;
  /** Where the description says that no key is needed. */
  readonly keyPlace: Place;
}

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Who may call, and how often. */
export function* callerRules({ entrance, walked, method, place, keyPlace }: OperationView): Generator<Found> {
  const { end } = walked;
  const { sure, some } = end;
  const asksWho = sure.has("token") || sure.has("client certificate");
  if (!entrance.hasKey) {
    const rest = asksWho ? "a token or client certificate alone says who calls" : "anyone who finds it can call it";
    yield {
      code: "SA1001",
      place: keyPlace,
      severity: asksWho ? "low" : "high",
      reason: `No subscription key is asked for: ${rest}`,
    };
  }
  if (!asksWho) {
    const isSometimes = some.has("token") || some.has("client certificate");
    yield {
      code: "SA1002",
      place,
      isSometimes,
      severity: entrance.hasKey ? "medium" : "high",
      reason: isSometimes
        ? "A token is validated in some branches only: there are ways past it"
        : `No token is validated: ${entrance.hasKey ? "the key alone says who calls" : "nothing says who calls"}`,
    };
  }
  if (!SAFE.has(method) && !sure.has("token") && !sure.has("address"))
    yield { code: "SA1010", place, reason: `${method} is accepted from every network` };
  const isLimited =
    sure.has("calls limit") || sure.has("tokens limit") || (entrance.hasKey && sure.has("subscription limit"));
  if (!isLimited) yield limitMissing(entrance, end, place);
  if (end.isModel && !sure.has("tokens limit"))
    yield {
      code: "SA2002",
      place,
      isSometimes: some.has("tokens limit"),
      reason: some.has("tokens limit")
        ? "The backend is a language model, and its tokens are bounded in some branches only"
        : "The backend is a language model, and nothing bounds the tokens that are spent",
    };
}

function limitMissing(entrance: Entrance, { sure, some }: State, place: Place): Found {
  if (!entrance.hasKey && sure.has("subscription limit"))
    return { code: "SA2001", place, reason: "The limit counts subscriptions, and callers need none" };
  const isSometimes = some.has("calls limit") || some.has("tokens limit") || some.has("subscription limit");
  return {
    code: "SA2001",
    place,
    isSometimes,
    reason: isSometimes
      ? "Calls are limited in some branches only: there are ways past the limit"
      : "Nothing limits how often a caller may call",
  };
}

/** What single policies on the way say. Each stands at its own place, and may be silenced there. */
export function* stepRules({ walked }: OperationView): Generator<Found> {
  for (const met of walked.met) {
    const { file, line } = met.facts.place;
    for (const found of ofDoor(met)) if (!met.facts.silenced.has(found.code)) yield { ...found, place: { file, line } };
  }
}

type Local = Omit<Found, "place">;

function* ofDoor({ door, facts, before }: Met): Generator<Local> {
  const policy = `<${facts.place.policy}>`;
  switch (door.kind) {
    case "token":
      yield* ofToken(door, policy);
      return;
    case "client-certificate":
      if (door.isAnyones) yield { code: "SA1008", reason: `${policy} accepts every certificate` };
      return;
    case "ignored-check":
      yield { code: "SA1007", reason: `${policy} does not stop the request: ${door.how}` };
      return;
    case "cors":
      if (door.isAnyOrigin && door.allowsCredentials)
        yield { code: "SA1009", reason: `${policy} allows credentials to every origin` };
      return;
    case "limit":
      if (door.per === "callers-word" && !before.sure.has("token"))
        yield { code: "SA2003", reason: `The counter-key of ${policy} is the caller's to choose` };
      return;
    case "backend":
      if (door.isCallersWord)
        yield { code: "SA3005", reason: `The address in ${policy} is made of what the caller wrote` };
      return;
    case "call":
      if (door.isCallersWord)
        yield { code: "SA3005", reason: `The address in ${policy} is made of what the caller wrote` };
      return;
    case "secret":
      yield { code: "SA4001", reason: `${policy} holds ${door.what} as plain text` };
      return;
    default:
      return;
  }
}

function* ofToken(door: Door & { kind: "token" }, policy: string): Generator<Local> {
  if (!door.checksSignature) yield { code: "SA1003", reason: `${policy} accepts tokens without a signature` };
  if (!door.checksAudience) yield { code: "SA1004", reason: `${policy} names no audience` };
  if (!door.checksIssuer) yield { code: "SA1005", reason: `${policy} names neither an issuer nor a provider` };
  if (!door.checksExpiry) yield { code: "SA1006", reason: `${policy} accepts tokens that never expire` };
}
