/**
 * Watches calls of models and makes a record of each: who asked, which model answered, what it used and cost, how it ended. Watching
 * begins before the request goes to the backend, so that the answer can be read while it passes; a call that is refused before is recorded as well.
 */
import type { Plan, PlannedStep } from "../engine/plan.ts";
import type { ExchangeState } from "../engine/exchange.ts";
import type { Ending, ModelWatch } from "../gateway/model-watch.ts";
import type { Exchange, StepPlace } from "../kit/exchange.ts";
import { NO_USAGE } from "../llm/usage.ts";
import { knownModelCall, type ModelCall, watchedModelCall } from "../policies/shared/model-call.ts";
import type { MessageDiagnostic } from "../resources/ai-settings.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import type { CallOutcome, UsageRecord } from "../state/ledger/usage-record.ts";
import type { LineWriter } from "../telemetry/line-writer.ts";
import type { Log } from "../telemetry/log.ts";
import { withoutKnown } from "../telemetry/redact.ts";
import type { ConventionMetrics } from "./convention-metrics.ts";
import { Prices } from "./cost.ts";
import { MessageLog } from "./message-log.ts";
import { askedModelIn, providerOf } from "./model-names.ts";
import { modelSpan, namedCall } from "./model-span.ts";
import { Redaction } from "./redaction.ts";
import type { UsageMetrics } from "./usage-metrics.ts";

export interface ModelCallsParts {
  readonly log: Log;
  /** Takes records; undefined: nothing is kept. */
  readonly keep: ((record: UsageRecord) => void) | undefined;
  readonly metrics: UsageMetrics | undefined;
  readonly conventions: ConventionMetrics | undefined;
  readonly messageWriter: LineWriter;
}

const PLACE: StepPlace = {
  policy: "usage-ledger",
  id: "",
  scope: "global",
  section: "backend",
  path: "",
  file: "",
  line: 0,
};

export class ModelCalls implements ModelWatch {
  readonly #parts: ModelCallsParts;
  readonly #plans = new WeakMap<Plan, Plan>();
  readonly #step: PlannedStep = { run: (x) => this.#watch(x), place: PLACE };
  readonly #underWay = new Set<Promise<void>>();
  #prices = new Prices(undefined);
  #messages: MessageLog | undefined;
  /** By id of the API; only those whose messages are logged. */
  #wanted: ReadonlyMap<string, MessageDiagnostic> = new Map();

  constructor(parts: ModelCallsParts) {
    this.#parts = parts;
  }

  configure({ apis, settings }: Snapshot): void {
    const { messages, prices } = settings.ai;
    this.#prices = new Prices(prices);
    const wanted = apis.flatMap(({ id, messageDiagnostic }): [string, MessageDiagnostic][] => {
      const asked = messages.apis.includes(id) ? { prompts: true, completions: true } : messageDiagnostic;
      return asked === undefined || !messages.enabled ? [] : [[id, asked]];
    });
    this.#wanted = new Map(wanted);
    this.#messages = new MessageLog(this.#parts.messageWriter, new Redaction(messages.redact, withoutKnown));
  }

  watched(plan: Plan): Plan {
    let watched = this.#plans.get(plan);
    if (watched === undefined) {
      watched = { ...plan, backend: [this.#step, ...plan.backend] };
      this.#plans.set(plan, watched);
    }
    return watched;
  }

  ended(x: ExchangeState, ending: Ending): void {
    const work = this.#record(x, ending).catch((error: Error) =>
      this.#parts.log.error("A call of a model could not be recorded", { correlationId: x.id, error: error.message }),
    );
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Resolves when every call that has ended is recorded. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #watch(x: Exchange): Promise<undefined> | undefined {
    const call = watchedModelCall(x);
    if (call instanceof Promise) return call.then((read) => this.#listen(x, read));
    return this.#listen(x, call);
  }

  #listen(x: Exchange, call: ModelCall): undefined {
    const wanted = this.#wanted.get(x.route.api.id);
    if (wanted === undefined || this.#messages === undefined) return;
    const messages = this.#messages.of(x);
    const { buffered } = x.request.body;
    if (wanted.prompts && buffered !== undefined) messages.prompt(Buffer.from(buffered).toString("utf8"));
    if (!wanted.completions) return;
    call.onText = (text) => messages.answer(text);
    x.atEnd(() => messages.end());
  }

  async #record(x: ExchangeState, ending: Ending): Promise<void> {
    const call = knownModelCall(x);
    const [outcome, reason] = outcomeOf(x, call?.isWhole === true ? { ...ending, cutBy: undefined } : ending);
    const hasAnswer = call !== undefined && outcome !== "answered" && outcome !== "refused";
    const usage = hasAnswer ? await call.usage() : NO_USAGE;
    const { api, operation, product, subscription, user } = x.route;
    const modelAsked = (call?.request?.model ?? askedModelIn(x.originalUrl.path)).slice(0, 200);
    // What a caller asked for and nobody confirmed is no name of a model.
    const model = call?.model ?? (outcome === "ok" || outcome.startsWith("cut") ? modelAsked : "");
    const record: UsageRecord = {
      correlationId: x.id,
      time: x.receivedAt,
      subscription: subscription?.id ?? "",
      product: product?.id ?? "",
      user: user?.id ?? subscription?.ownerId ?? "",
      api: api.id,
      operation: operation.id,
      modelAsked,
      model,
      provider: x.backendMs === undefined ? "" : providerOf(x.request.url.host),
      promptTokens: usage.promptTokens,
      completionTokens: usage.completionTokens,
      cachedTokens: usage.cachedTokens,
      reasoningTokens: usage.reasoningTokens,
      audioTokens: usage.promptAudioTokens + usage.completionAudioTokens,
      cost: usage.totalTokens === 0 ? 0 : this.#prices.cost([model, modelAsked], usage, x.receivedAt),
      currency: this.#prices.currency,
      latencyMs: ending.totalMs,
      firstTokenMs: hasAnswer && call.firstTokenAt !== undefined ? call.firstTokenAt - x.startedAt : undefined,
      status: ending.status,
      outcome,
      reason,
    };
    this.#parts.metrics?.add(record);
    // No call of a model was made where nobody was asked.
    if (x.backendMs !== undefined) {
      const named = namedCall(x.request.url.host, x.request.url.path);
      ending.span?.inner(modelSpan(record, named));
      this.#parts.conventions?.add(record, named);
    }
    this.#parts.keep?.(record);
  }
}

function outcomeOf(x: ExchangeState, { status, lastError, isFault, cutBy }: Ending): [CallOutcome, string] {
  if (cutBy !== undefined) return [`cut-by-${cutBy}`, ""];
  if (x.lastError !== null && lastError !== undefined)
    return [isFault ? "failed" : "refused", `${lastError.source}: ${lastError.reason}`];
  // A policy made the answer itself.
  if (x.backendMs === undefined) return [status >= 400 ? "refused" : "answered", x.place?.policy ?? ""];
  return status >= 400 ? ["failed", `status ${status}`] : ["ok", ""];
}
