/**
 * Embeddings of texts from a backend that speaks OpenAI's interface (https://platform.openai.com/docs/api-reference/embeddings). A backend
 * that fails is left alone for a while, so that calls do not wait for it one after the other.
 */
import type { Backend, Exchange } from "../../kit/exchange.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import { postJson, serviceUrl } from "./service-backend.ts";

/** Deployments of Azure OpenAI want a version: the oldest generally available one that knows every model of embeddings. */
const AZURE_VERSION = "2024-10-21";
const MAX_DIMENSIONS = 16_384;
/** Failures in a row, and for how long nothing is asked then. */
const FAILURES = 3;
const REST_MS = 5_000;

interface Health {
  failures: number;
  /** By the monotonic clock. */
  restsUntil: number;
}

const healths = new WeakMap<Backend, Health>();

/** Undefined when it cannot be had: that is said in the log, once until it can be had again. */
export async function embeddingOf(x: Exchange, backend: Backend, text: string): Promise<Float32Array | undefined> {
  const health = healths.get(backend) ?? { failures: 0, restsUntil: 0 };
  healths.set(backend, health);
  if (x.clock.monotonic() < health.restsUntil) return undefined;
  const { embeddingsModel: model, timeoutMs } = x.snapshot.settings.ai.semanticCache;
  const url = serviceUrl(
    backend,
    "/embeddings",
    backend.url.includes("/openai/deployments/") ? AZURE_VERSION : undefined,
  );
  try {
    const vector = vectorIn(await postJson(x, backend, url, { input: text, ...(model && { model }) }, timeoutMs));
    if (vector === undefined)
      throw new PolicyFault("ServiceFailure", `The backend "${backend.id}" answered no embedding.`);
    if (health.failures > 0) x.services.log.info("Embeddings can be had again", { backend: backend.id });
    health.failures = 0;
    return vector;
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    // The caller's going says nothing of the backend.
    if (x.signal.aborted) return undefined;
    if (++health.failures >= FAILURES) health.restsUntil = x.clock.monotonic() + REST_MS;
    const fields = { backend: backend.id, reason: error.reason, error: error.message, correlationId: x.id };
    if (health.failures === 1)
      x.services.log.warn("No embedding could be had: the semantic cache is passed by", fields);
    return undefined;
  }
}

function vectorIn(answer: unknown): Float32Array | undefined {
  const values = (answer as { data?: { embedding?: unknown }[] } | null)?.data?.[0]?.embedding;
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_DIMENSIONS) return undefined;
  return values.every(Number.isFinite) ? Float32Array.from(values) : undefined;
}
