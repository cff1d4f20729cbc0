/** A compiled document: each section's steps with `<base/>` as a marker, and how scopes compose into a plan. */
import { dealsWithModel } from "../kit/doors.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/** Stands where `<base/>` stood. */
export const BASE = Symbol("base");

export type ScopeSection = readonly (PlannedStep | typeof BASE)[];

export interface ScopeSteps {
  readonly inbound: ScopeSection;
  readonly backend: ScopeSection;
  readonly outbound: ScopeSection;
  readonly onError: ScopeSection;
  /** Codes that comments before `<policies>` or a section silence. */
  readonly silenced?: ReadonlySet<string>;
}

/**
 * The effective policy: start at the narrowest scope; `<base/>` is replaced by the same section of the next broader scope,
 * recursively. At the broadest it has no effect.
 * @param scopes narrowest first; scopes without a document are left out
 */
export function composePlan(scopes: readonly ScopeSteps[]): Plan {
  const [inbound, backend] = [compose(scopes, "inbound", 0), compose(scopes, "backend", 0)];
  return {
    inbound,
    backend,
    outbound: compose(scopes, "outbound", 0),
    onError: compose(scopes, "onError", 0),
    isModel: dealsWithModel([...inbound, ...backend].flatMap(({ facts }) => facts ?? [])),
    silenced: new Set(scopes.flatMap((scope) => [...(scope.silenced ?? [])])),
  };
}

type SectionKey = Exclude<keyof ScopeSteps, "silenced">;

function compose(scopes: readonly ScopeSteps[], section: SectionKey, at: number): PlannedStep[] {
  if (at >= scopes.length) return [];
  const steps: PlannedStep[] = [];
  for (const item of scopes[at][section]) {
    if (item === BASE) steps.push(...compose(scopes, section, at + 1));
    else steps.push(item);
  }
  return steps;
}
