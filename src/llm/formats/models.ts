/** OpenAI's list of models (https://platform.openai.com/docs/api-reference/models/list). */
import type { Json } from "./json.ts";

/** @param names of which each is listed once; "" is none */
export function modelListOf(names: readonly string[], owner: string): Json {
  const data = [...new Set(names)]
    .filter((name) => name !== "")
    .map((id) => ({ id, object: "model", created: 0, owned_by: owner }));
  return { object: "list", data };
}
