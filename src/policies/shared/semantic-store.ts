/** The store of a semantic cache: keeps what a model has answered, once the whole answer has passed. */
import { bool, int } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { ALL_SCOPES, type AnyPolicy, definePolicy } from "../../kit/policy.ts";
import { answerIn } from "../../llm/answers/answer.ts";
import { currentResponse } from "./current-message.ts";
import { refusedAnswers } from "./judged-answer.ts";
import { collecting, MAX_CACHED_BYTES } from "./response-cache.ts";
import { type SemanticMiss, semanticMisses } from "./semantic-lookup.ts";

/** A stream takes more than the answer it brings. */
const MAX_STREAM_BYTES = 4 * MAX_CACHED_BYTES;

export function semanticStore(name: string, reference: string): AnyPolicy {
  return definePolicy({
    name,
    sections: ["outbound"],
    scopes: ALL_SCOPES,
    category: "Caching",
    summary: "Keeps the answer of a model for prompts that mean nearly the same.",
    reference,
    attributes: {
      duration: int({ required: true, expression: true, min: 0, doc: "Seconds to keep the answer." }),
      "cache-response": bool({
        expression: true,
        doc: "Whether this answer is kept; left out: answers with 200. Only whole, successful ones ever are.",
      }),
    },
    compile({ duration, cacheResponse }) {
      return (x) => {
        const missed = semanticMisses.get(x);
        if (missed === undefined) return undefined;
        const response = currentResponse(x);
        const { status, headers } = response;
        const isWanted = cacheResponse === undefined ? status === 200 : cacheResponse.get(x) && isGood(status);
        const ttlMs = duration.get(x) * 1000;
        if (!isWanted || ttlMs <= 0 || headers.has("Content-Encoding")) return undefined;
        const type = headers.first("Content-Type")?.toLowerCase() ?? "";
        const isStream = type.startsWith("text/event-stream");
        if (!isStream && !type.includes("json")) return undefined;
        response.body = collecting(response.body, isStream ? MAX_STREAM_BYTES : MAX_CACHED_BYTES, (bytes) =>
          keep(x, missed, bytes, isStream, ttlMs),
        );
        return undefined;
      };
    },
    doors: () => [],
  });
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Kept when all is over: whoever judges the answer on its way may still refuse it. */
function keep(
  x: Exchange,
  { api, partition, vector }: SemanticMiss,
  bytes: Uint8Array,
  isStream: boolean,
  ttlMs: number,
) {
  const answer = answerIn(api, bytes, isStream);
  if (answer === undefined) return;
  const value = Buffer.from(JSON.stringify(answer));
  if (value.length > MAX_CACHED_BYTES) return;
  x.atEnd(async () => {
    if (refusedAnswers.has(x)) return;
    // A cache that fails costs a call of the model, never the answer.
    await Promise.resolve(x.services.vectors?.put(partition, vector, value, ttlMs)).catch(() => undefined);
  });
}
