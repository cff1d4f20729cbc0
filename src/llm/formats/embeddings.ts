/** OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings), asked and answered. */
import { type EmbeddingsAnswer, type EmbeddingsRequest, UnfitRequest } from "./format.ts";
import { type Json, number } from "./json.ts";

export function embeddingsRequestOf(body: Json, model: string): EmbeddingsRequest {
  const { input } = body;
  const inputs = Array.isArray(input) ? input : [input];
  if (!inputs.every((text) => typeof text === "string"))
    throw new UnfitRequest("input must be a text or a list of texts.", "input");
  return { model, inputs, dimensions: number(body.dimensions) };
}

/** @param isBase64 as the official clients want it: numbers of four bytes, the lowest first */
export function embeddingsOf({ vectors, promptTokens }: EmbeddingsAnswer, model: string, isBase64: boolean): Json {
  return {
    object: "list",
    model,
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: isBase64 ? base64Of(vector) : vector,
    })),
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes.toString("base64");
}
