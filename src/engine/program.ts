/**
 * What the gateway needs of the engine: a loaded Program gives the Plan of an operation, and `run` walks an exchange down it.
 */
import type { Api, Operation, Product, Snapshot } from "../resources/snapshot.ts";
import type { Plan } from "./plan.ts";

export interface Program {
  readonly snapshot: Snapshot;
  /** The composed plan of an operation in a product context (or none). Composed on first use, kept. */
  plan(api: Api, operation: Operation, product: Product | null): Plan;
  /** The plan whose on-error answers a request refused before an operation was chosen: API scope, or global when the API is unknown. */
  refusalPlan(api: Api | null): Plan;
}
