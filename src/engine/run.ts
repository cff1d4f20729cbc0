/**
 * Walks an exchange down a plan: inbound, backend, outbound; a refusal or a fault leads to on-error. The one place where steps are
 * called, traced and caught. Only real promises are awaited: awaiting every step costs four to five times as much.
 */
import { branchSignal } from "../kit/branch.ts";
import type { Exchange, Section, StepPlace } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { type Outcome, PolicyFault, Refusal } from "../kit/outcome.ts";
import type { ExchangeState } from "./exchange.ts";
import { type Failure, failedAt, faultFailure, refusalFailure } from "./last-error.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/** Runs the plan; afterwards `exchange.response` is the answer. Never rejects. */
export async function runPlan(exchange: ExchangeState, plan: Plan): Promise<void> {
  try {
    let outcome: Outcome | Promise<Outcome> = runSection(exchange, "inbound", plan.inbound);
    if (outcome instanceof Promise) outcome = await outcome;
    if (outcome === undefined) {
      outcome = runSection(exchange, "backend", plan.backend);
      if (outcome instanceof Promise) outcome = await outcome;
    }
    if (outcome === undefined) {
      exchange.response ??= new ResponseMessage(200);
      outcome = runSection(exchange, "outbound", plan.outbound);
      if (outcome instanceof Promise) outcome = await outcome;
    }
    if (outcome instanceof Refusal) await runOnError(exchange, plan, refusalFailure(exchange, outcome));
  } catch (error) {
    await runOnError(exchange, plan, faultFailure(exchange, error));
  }
  exchange.response ??= new ResponseMessage(200);
  const callbacks = exchange.takeBeforeResponse();
  if (callbacks !== undefined) await settle(exchange, callbacks);
}

type BeforeResponse = NonNullable<ReturnType<ExchangeState["takeBeforeResponse"]>>;

/** Runs what policies left to be done once the response stands. */
async function settle(exchange: ExchangeState, callbacks: BeforeResponse): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback(exchange);
    } catch (error) {
      replaceBy(exchange, faultFailure(exchange, error));
    }
  }
}

/** A request that is refused before any policy runs: missing key, no such operation. */
export function refuse(exchange: ExchangeState, plan: Plan, refusal: Refusal): Promise<void> {
  return runOnError(exchange, plan, refusalFailure(exchange, refusal));
}

/**
 * A CORS preflight: of the whole inbound section only cors policies are evaluated.
 * Answers false when no cors policy made a response: the caller treats the request as an unknown operation.
 */
export async function runPreflight(exchange: ExchangeState, plan: Plan): Promise<boolean> {
  exchange.section = "inbound";
  let hasCors = false;
  for (const step of plan.inbound) {
    if (step.preflight === undefined) continue;
    hasCors = true;
    exchange.place = step.place;
    try {
      if ((await step.preflight(exchange)) === "respond") return true;
    } catch (error) {
      await runOnError(exchange, plan, faultFailure(exchange, error));
      return true;
    }
  }
  // The origin matched none of them: an empty answer, which browsers take as a no.
  if (hasCors) exchange.response = new ResponseMessage(200);
  return hasCors;
}

async function runOnError(exchange: ExchangeState, plan: Plan, failure: Failure): Promise<void> {
  replaceBy(exchange, failure);
  exchange.trace?.add("on-error", failure.lastError.source, { lastError: failure.lastError });
  try {
    let outcome: Outcome | Promise<Outcome> = runSection(exchange, "on-error", plan.onError);
    if (outcome instanceof Promise) outcome = await outcome;
    if (outcome instanceof Refusal) replaceBy(exchange, refusalFailure(exchange, outcome));
  } catch (error) {
    replaceBy(exchange, faultFailure(exchange, error));
  }
}

/** A failure inside on-error, or after it, has nowhere to go: its own default answer is final. */
function replaceBy(exchange: Exchange, failure: Failure): void {
  exchange.lastError = failure.lastError;
  if (exchange.response !== failure.response) exchange.response?.body.discard();
  exchange.response = failure.response;
}

function runSection(exchange: Exchange, section: Section, steps: readonly PlannedStep[]): Outcome | Promise<Outcome> {
  exchange.section = section;
  return exchange.trace === null ? runSteps(exchange, steps, 0) : runTraced(exchange, steps);
}

/** Runs steps in order until one ends the section; synchronous as long as every step is. Also runs nested blocks. */
export function runSteps(exchange: Exchange, steps: readonly PlannedStep[], from: number): Outcome | Promise<Outcome> {
  for (let i = from; i < steps.length; i++) {
    const step = steps[i];
    exchange.place = step.place;
    let outcome: Outcome | Promise<Outcome>;
    try {
      outcome = step.run(exchange);
    } catch (error) {
      throw failedAt(error, step.place);
    }
    if (outcome === undefined) continue;
    if (outcome instanceof Promise)
      return outcome.then((settled) => goOn(exchange, steps, i, settled), failedAs(step.place));
    if (outcome instanceof Refusal) failedAt(outcome, step.place);
    return outcome;
  }
  return undefined;
}

/** After a step that took its time: the next one, unless it ended the section or its branch was stopped meanwhile. */
function goOn(
  exchange: Exchange,
  steps: readonly PlannedStep[],
  at: number,
  outcome: Outcome,
): Outcome | Promise<Outcome> {
  if (outcome === undefined) {
    if (branchSignal()?.aborted) throw new PolicyFault("Cancelled", "Another branch has decided.");
    return runSteps(exchange, steps, at + 1);
  }
  if (outcome instanceof Refusal) failedAt(outcome, steps[at].place);
  return outcome;
}

function failedAs(place: StepPlace): (error: unknown) => never {
  return (error) => {
    throw failedAt(error, place);
  };
}

async function runTraced(exchange: Exchange, steps: readonly PlannedStep[]): Promise<Outcome> {
  for (const step of steps) {
    const { place } = step;
    exchange.place = place;
    const started = exchange.clock.monotonic();
    let result = "continued";
    try {
      const outcome = await step.run(exchange);
      if (branchSignal()?.aborted) throw new PolicyFault("Cancelled", "Another branch has decided.");
      if (outcome !== undefined) {
        if (outcome !== "respond") failedAt(outcome, place);
        result =
          outcome === "respond" ? "responded" : `refused: ${outcome.status} ${outcome.reason}: ${outcome.message}`;
        return outcome;
      }
    } catch (error) {
      result = `failed: ${error instanceof Error ? error.message : ((error as { message?: string }).message ?? String(error))}`;
      throw failedAt(error, place);
    } finally {
      const durationMs = Math.round((exchange.clock.monotonic() - started) * 1000) / 1000;
      exchange.trace?.add(exchange.section, place.policy, {
        message: `${place.policy} ${result}`,
        outcome: result,
        scope: place.scope,
        path: place.path,
        file: place.file,
        line: place.line,
        durationMs,
      });
    }
  }
  return undefined;
}

/** Runs a nested block: traced when its exchange is. */
export function runBlock(exchange: Exchange, steps: readonly PlannedStep[]): Outcome | Promise<Outcome> {
  return exchange.trace === null ? runSteps(exchange, steps, 0) : runTraced(exchange, steps);
}
