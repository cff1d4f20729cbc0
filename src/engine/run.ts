/**
 * Walks an exchange down a plan: inbound, backend, outbound; a refusal or a fault leads to on-error. The one place where steps are
 * called, traced and caught. Only real promises are awaited: awaiting every step costs four to five times as much.
 */
import type { Exchange, Section } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { type Outcome, Refusal } from "../kit/outcome.ts";
import type { ExchangeState } from "./exchange.ts";
import { type Failure, faultFailure, refusalFailure } from "./last-error.ts";
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
  if (callbacks !== undefined) await settle(exchange, exchange.response, callbacks);
}

type BeforeResponse = NonNullable<ReturnType<ExchangeState["takeBeforeResponse"]>>;

/** Runs what policies left to be done once the response stands. */
async function settle(exchange: ExchangeState, response: ResponseMessage, callbacks: BeforeResponse): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback(exchange);
    } catch (error) {
      const failure = faultFailure(exchange, error);
      exchange.lastError = failure.lastError;
      response.body.discard();
      exchange.response = failure.response;
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
  exchange.lastError = failure.lastError;
  if (exchange.response !== failure.response) exchange.response?.body.discard();
  exchange.response = failure.response;
  exchange.trace?.add("on-error", failure.lastError.source, { lastError: failure.lastError });
  try {
    let outcome: Outcome | Promise<Outcome> = runSection(exchange, "on-error", plan.onError);
    if (outcome instanceof Promise) outcome = await outcome;
    if (outcome instanceof Refusal) exchange.response = refusalFailure(exchange, outcome).response;
  } catch (error) {
    // A fault inside on-error has nowhere to go: its own default answer is final.
    const inner = faultFailure(exchange, error);
    exchange.lastError = inner.lastError;
    exchange.response = inner.response;
  }
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
    const outcome = step.run(exchange);
    if (outcome === undefined) continue;
    if (outcome instanceof Promise) {
      return outcome.then((settled) => (settled === undefined ? runSteps(exchange, steps, i + 1) : settled));
    }
    return outcome;
  }
  return undefined;
}

async function runTraced(exchange: Exchange, steps: readonly PlannedStep[]): Promise<Outcome> {
  for (const step of steps) {
    const { place } = step;
    exchange.place = place;
    const started = exchange.clock.monotonic();
    let result = "continued";
    try {
      const outcome = await step.run(exchange);
      if (outcome !== undefined) {
        result =
          outcome === "respond" ? "responded" : `refused: ${outcome.status} ${outcome.reason}: ${outcome.message}`;
        return outcome;
      }
    } catch (error) {
      result = `failed: ${error instanceof Error ? error.message : ((error as { message?: string }).message ?? String(error))}`;
      throw error;
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
