/**
 * Walks a composed plan without running it: which doors has a request surely passed, on every way, when it reaches the backend? A check
 * inside a branch is sure only when every branch that goes on has it; branches that end the request do not count.
 */
import type { Plan, PlannedStep } from "../engine/plan.ts";
import type { Door, StepFacts } from "../kit/doors.ts";

/** What a request can have passed. */
export type Check =
  | "key"
  | "token"
  | "token in Authorization"
  | "client certificate"
  | "calls limit"
  | "subscription limit"
  | "tokens limit"
  | "address"
  | "credential";

/** Where a request goes: a URL, a backend entity by its id, or what an expression says. */
export type Target = { readonly url: string } | { readonly backend: string } | "computed" | "none";

/** What is known at one point of the plan, over all ways that lead to it. */
export interface State {
  readonly sure: ReadonlySet<Check>;
  readonly some: ReadonlySet<Check>;
  readonly targets: readonly Target[];
  /** May the caller's own Authorization still be there? */
  readonly carriesCallers: boolean;
  readonly isModel: boolean;
}

/** A door that was met, and what was known before it. */
export interface Met<D extends Door = Door> {
  readonly door: D;
  readonly facts: StepFacts;
  readonly before: State;
}

export interface Walked {
  readonly met: readonly Met[];
  /** Where the request leaves for the backend, else where the gateway answers by itself. */
  readonly end: State;
  readonly reachesBackend: boolean;
}

/** @param entityOf id of the backend entity with this URL */
export function walk(plan: Plan, start: State, entityOf: (url: string) => string | undefined): Walked {
  const walker = new Walker(entityOf);
  const afterInbound = walker.steps(factsOf(plan.inbound), start);
  const afterBackend = walker.steps(factsOf(plan.backend), afterInbound);
  const afterOutbound = walker.steps(factsOf(plan.outbound), afterBackend);
  const { sent, answered } = walker;
  const ends = sent.length > 0 ? sent : [...answered, ...(afterOutbound === undefined ? [] : [afterOutbound])];
  const end = merged(ends) ?? start;
  walker.steps(factsOf(plan.onError), start);
  return { met: walker.met, end, reachesBackend: sent.length > 0 };
}

function factsOf(steps: readonly PlannedStep[]): StepFacts[] {
  return steps.flatMap(({ facts }) => facts ?? []);
}

class Walker {
  readonly met: Met[] = [];
  readonly sent: State[] = [];
  readonly answered: State[] = [];
  readonly #entityOf: (url: string) => string | undefined;

  constructor(entityOf: (url: string) => string | undefined) {
    this.#entityOf = entityOf;
  }

  /** The state after the steps; undefined when control never comes there. */
  steps(steps: readonly StepFacts[], before: State | undefined): State | undefined {
    let state = before;
    for (const facts of steps) {
      for (const door of facts.doors()) {
        if (state === undefined) return undefined;
        state = this.#pass(door, facts, state);
      }
    }
    return state;
  }

  #pass(door: Door, facts: StepFacts, state: State): State | undefined {
    this.met.push({ door, facts, before: state });
    switch (door.kind) {
      case "token":
        return passed(state, door.inAuthorization ? ["token", "token in Authorization"] : ["token"]);
      case "client-certificate":
        return door.isAnyones ? state : passed(state, ["client certificate"]);
      case "address":
        return passed(state, ["address"]);
      case "limit":
        if (door.of === "tokens") return passed({ ...state, isModel: true }, ["tokens limit"]);
        return passed(state, [door.per === "subscription" ? "subscription limit" : "calls limit"]);
      case "backend":
        return { ...state, targets: this.#redirected(door, state.targets) };
      case "authorization":
        return { ...state, carriesCallers: false };
      case "credential":
        return passed(state, ["credential"]);
      case "model":
        return { ...state, isModel: true };
      case "forward":
        this.sent.push({ ...state, targets: state.targets.map((target) => this.#known(target)) });
        return state;
      case "answer":
        this.answered.push(state);
        return undefined;
      case "ways":
        return merged(door.ways.map((way) => this.steps(way, state)).filter((end) => end !== undefined));
      case "steps":
        return this.steps(door.steps, state);
      default:
        return state;
    }
  }

  /** An entity of the very URL that a request goes to gives it its credentials, though no policy chose it. */
  #known(target: Target): Target {
    const entity = typeof target === "object" && "url" in target ? this.#entityOf(target.url) : undefined;
    return entity === undefined ? target : { backend: entity };
  }

  /** A backend entity gives way to another entity only, never to a mere URL. */
  #redirected(door: Door & { kind: "backend" }, targets: readonly Target[]): readonly Target[] {
    if (door.id !== undefined) return [{ backend: door.id }];
    if (door.url === undefined) return ["computed"];
    const url = door.url.replace(/\/+$/, "");
    const entity = this.#entityOf(url);
    if (entity !== undefined) return [{ backend: entity }];
    const kept = targets.filter((target) => typeof target === "object" && "backend" in target);
    return kept.length === targets.length ? kept : [...kept, { url }];
  }
}

function passed(state: State, checks: readonly Check[]): State {
  const added = new Set(checks);
  return { ...state, sure: state.sure.union(added), some: state.some.union(added) };
}

/** What holds after any of several ways; undefined when there is none. */
function merged(states: readonly State[]): State | undefined {
  const [first, ...rest] = states;
  if (first === undefined) return undefined;
  return rest.reduce((a, b) => {
    const targets = new Map([...a.targets, ...b.targets].map((target) => [JSON.stringify(target), target]));
    return {
      sure: a.sure.intersection(b.sure),
      some: a.some.union(b.some),
      targets: [...targets.values()],
      carriesCallers: a.carriesCallers || b.carriesCallers,
      isModel: a.isModel || b.isModel,
    };
  }, first);
}
