/** The lookup in a semantic cache: an answer to a prompt that means nearly the same is the answer. */
import { hash } from "node:crypto";
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { bool, int, number, oneOf, string, textString } from "../../kit/attributes.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../../kit/bodies.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { ResponseMessage } from "../../kit/message.ts";
import type { Outcome } from "../../kit/outcome.ts";
import { ALL_SCOPES, type AnyPolicy, definePolicy } from "../../kit/policy.ts";
import type { Value } from "../../kit/value.ts";
import { type AnswerApi, answerApiOf, type ModelPrompt } from "../../llm/answers/answer.ts";
import { embeddingOf } from "./embeddings.ts";
import { knownModelCall } from "./model-call.ts";
import { checkServiceBackend, serviceBackend } from "./service-backend.ts";

/** What the lookup found out, for the store of the same request. */
export interface SemanticMiss {
  readonly api: AnswerApi;
  readonly partition: string;
  readonly vector: Float32Array;
}

/** Requests whose answer may be kept. */
export const semanticMisses = new WeakMap<Exchange, SemanticMiss>();

/** What models of embeddings read, about; of a longer prompt they would see a part. */
const MAX_PROMPT_CHARACTERS = 24_000;

interface Lookup {
  readonly threshold: Value<number>;
  readonly backendId: Value<string>;
  readonly ignoresSystem: boolean;
  readonly maxMessages: number | undefined;
  readonly varyBy: readonly Value<string>[];
}

export function semanticLookup(name: string, reference: string): AnyPolicy {
  return definePolicy({
    name,
    sections: ["inbound"],
    scopes: ALL_SCOPES,
    category: "Caching",
    summary: "Answers with what a model has answered to a prompt that means nearly the same.",
    reference,
    attributes: {
      "score-threshold": number({
        required: true,
        expression: true,
        doc: "From 0.0 to 1.0: how far the prompts may lie apart (cosine distance). Lower is stricter; start with 0.05.",
      }),
      "embeddings-backend-id": string({ required: true, expression: true, doc: "Id of the backend for embeddings." }),
      "embeddings-backend-auth": oneOf(["system-assigned"], {
        required: true,
        doc: "system-assigned: the gateway's managed identity, where the backend has no credentials of its own.",
      }),
      "ignore-system-messages": bool({ default: false, doc: "true: system messages do not count for nearness." }),
      "max-message-count": int({ min: 1, doc: "Conversations with more messages pass the cache by." }),
    },
    children: {
      "vary-by": {
        many: true,
        text: textString({ required: true, expression: true }),
        doc: "Answers are found only where all of these are the same.",
      },
    },
    compile(config, context) {
      const { scoreThreshold, embeddingsBackendId, ignoreSystemMessages, maxMessageCount, children } = config;
      const { constant } = scoreThreshold;
      if (constant !== undefined && (constant < 0 || constant > 1))
        context.error("score-threshold is from 0.0 to 1.0", { attribute: "score-threshold" });
      checkServiceBackend(embeddingsBackendId, "embeddings-backend-id", context);
      const lookup: Lookup = {
        threshold: scoreThreshold,
        backendId: embeddingsBackendId,
        ignoresSystem: ignoreSystemMessages,
        maxMessages: maxMessageCount,
        varyBy: children.varyBy.map(({ text }) => text),
      };
      return (x) => lookUp(x, lookup);
    },
    doors: () => [{ kind: "model" }],
  });
}

async function lookUp(x: Exchange, lookup: Lookup): Promise<Outcome> {
  const { vectors } = x.services;
  const api = x.originalMethod === "POST" ? answerApiOf(x.originalUrl.path) : undefined;
  if (vectors === undefined || api === undefined || !canBeHeld(x)) return undefined;
  await prepare(x, NEEDS_REQUEST_BODY);
  const prompt = promptIn(api, x.request.body.buffered);
  const text = prompt && textOf(prompt, lookup);
  if (prompt === undefined || text === undefined) return miss(x, "the request is none whose answer may answer another");
  const backend = serviceBackend(x, lookup.backendId.get(x));
  const vector = await embeddingOf(x, backend, text);
  if (vector === undefined) return miss(x, "no embedding could be had");
  const partition = partitionOf(x, [backend.id, prompt.frame, ...lookup.varyBy.map((value) => value.get(x))]);
  const threshold = Math.min(1, Math.max(0, lookup.threshold.get(x)));
  let answer: Readonly<Record<string, unknown>> | undefined;
  try {
    const found = await vectors.nearest(partition, vector, threshold);
    answer = found && JSON.parse(Buffer.from(found.value).toString("utf8"));
  } catch (error) {
    // A cache that fails costs a call of the model, never the call.
    return miss(x, `the store cannot be asked: ${(error as Error).message}`);
  }
  if (answer !== undefined) return hit(x, api, prompt, answer);
  // What is compressed cannot be read as it passes.
  x.request.headers.remove("Accept-Encoding");
  semanticMisses.set(x, { api, partition, vector });
  return miss(x, "nothing near enough was found");
}

function hit(x: Exchange, api: AnswerApi, prompt: ModelPrompt, answer: Readonly<Record<string, unknown>>): Outcome {
  x.trace?.add(x.place?.policy ?? "", "Cache lookup resulted in a hit; remaining policies are skipped", {});
  x.request.body.discard();
  const call = knownModelCall(x);
  if (call !== undefined) call.isFromCache = true;
  const type = prompt.isStream ? "text/event-stream; charset=utf-8" : "application/json";
  const body = prompt.isStream ? api.events(answer, prompt) : JSON.stringify(answer);
  x.response = new ResponseMessage(200, "OK", Headers.of([["Content-Type", type]]), Body.text(body));
  return "respond";
}

function miss(x: Exchange, why: string): undefined {
  x.trace?.add(x.place?.policy ?? "", `Cache lookup resulted in a miss: ${why}`, {});
}

/** A body of unknown length might be larger than a policy may hold: it goes on unread. */
function canBeHeld(x: Exchange): boolean {
  const { body } = x.request;
  if (body.buffered !== undefined) return !x.request.isBodyConsumed;
  return !body.isSpent && (body.length ?? Infinity) <= x.snapshot.settings.limits.bufferedBodyBytes;
}

function promptIn(api: AnswerApi, bytes: Uint8Array | undefined): ModelPrompt | undefined {
  if (bytes === undefined) return undefined;
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
    if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
    return api.prompt(body as Readonly<Record<string, unknown>>);
  } catch {
    return undefined;
  }
}

/** What is compared; undefined: nothing, or more than can be. */
function textOf({ messages }: ModelPrompt, { ignoresSystem, maxMessages }: Lookup): string | undefined {
  const counted = ignoresSystem ? messages.filter(({ isSystem }) => !isSystem) : messages;
  if (maxMessages !== undefined && counted.length > maxMessages) return undefined;
  const text = counted.length === 1 ? counted[0].text : counted.map(({ role, text }) => `${role}: ${text}`).join("\n");
  return text.trim() === "" || text.length > MAX_PROMPT_CHARACTERS ? undefined : text;
}

/** The name of those who may share an answer. It tells nothing of what it was made of. */
function partitionOf(x: Exchange, more: readonly string[]): string {
  const { api } = x.route;
  const { tenants, embeddingsModel = "" } = x.snapshot.settings.ai.semanticCache;
  const version = x.originalUrl.parameter("api-version").join(",");
  const parts = [
    api.id,
    x.originalUrl.path,
    version,
    embeddingsModel,
    tenants === "shared" ? "" : tenantOf(x),
    ...more,
  ];
  // Lengths keep apart what only looks the same when it is joined.
  return hash("sha256", parts.map((part) => `${part.length}:${part}`).join(""), "hex");
}

/** Callers without a subscription are who their credentials say. */
function tenantOf({ route, incoming }: Exchange): string {
  if (route.subscription !== null) return `subscription ${route.subscription.id}`;
  const shown = ["Authorization", "api-key", "x-api-key", "Cookie"].map((name) => incoming.headers.first(name) ?? "");
  return `credentials ${JSON.stringify(shown)}`;
}
