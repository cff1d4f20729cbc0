/** A Plan is what a policy document becomes: four short arrays of planned steps. */
import type { StepFacts } from "../kit/doors.ts";
import type { StepPlace } from "../kit/exchange.ts";
import type { Step } from "../kit/policy.ts";

export interface PlannedStep {
  readonly run: Step;
  readonly place: StepPlace;
  /** Answers a CORS preflight, when the policy is one that does. */
  readonly preflight?: Step;
  /** What it means for the doors: for the audit alone. */
  readonly facts?: StepFacts;
}

export interface Plan {
  readonly inbound: readonly PlannedStep[];
  readonly backend: readonly PlannedStep[];
  readonly outbound: readonly PlannedStep[];
  readonly onError: readonly PlannedStep[];
  /** Policies in it deal with a model. */
  readonly isModel?: boolean;
  /** Codes of the audit that the documents it is made of silence as a whole. */
  readonly silenced?: ReadonlySet<string>;
}
