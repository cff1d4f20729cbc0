/** What calls of a model must keep to: the models that may be called, the most tokens an answer may have, the fields a request may hold. */
import { isObject, type Json, object } from "./formats/json.ts";
import { knownFields } from "./known-fields.ts";
import { pathModelOf } from "./model-request.ts";

export interface GuardRules {
  /** Names; one that ends in `*` stands for all that begin so. Undefined: all. */
  readonly models: readonly string[] | undefined;
  /** Over all choices of an answer. */
  readonly maxTokens: number | undefined;
  readonly unknownFields: "pass" | "refuse";
}

/** Why a request is refused. */
export interface GuardProblem {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly code: string;
}

/** @param path of the URL it goes to. Answers the body as it may go out. */
export function guarded(body: Json, path: string, rules: GuardRules): Json | GuardProblem {
  const model = modelProblem(body, path, rules.models);
  if (model !== undefined) return model;
  const known = rules.unknownFields === "refuse" ? knownFields(path) : undefined;
  const unknown = known && Object.keys(body).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const field = unknown.slice(0, 100);
    return { status: 400, message: `Unrecognized request argument: ${field}`, param: field, code: "unknown_field" };
  }
  return rules.maxTokens === undefined ? body : clamped(body, path, rules.maxTokens);
}

export function isProblem(result: Json | GuardProblem): result is GuardProblem {
  return typeof result.status === "number" && typeof result.code === "string" && "param" in result;
}

/** Servers differ in which they believe, path or body: both must be allowed. */
function modelProblem(body: Json, path: string, models: readonly string[] | undefined): GuardProblem | undefined {
  if (models === undefined) return undefined;
  const named = [body.model, body.modelId, pathModelOf(path)].filter((name) => name !== undefined);
  if (named.length === 0) return { status: 400, message: "Give a model.", param: "model", code: "missing_model" };
  const wrong = named.find((name) => typeof name !== "string" || !models.some((pattern) => fits(name, pattern)));
  if (wrong === undefined) return undefined;
  const name = String(wrong).slice(0, 200);
  const message = `The model \`${name}\` does not exist or you do not have access to it.`;
  return { status: 404, message, param: "model", code: "model_not_found" };
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Where a bound of the answer may stand: in the body itself, or in an object in it. */
const BOUNDS = ["max_completion_tokens", "max_output_tokens", "max_tokens", "max_tokens_to_sample", "max_gen_len"];
const CONFIGS: Readonly<Record<string, readonly string[]>> = {
  generationConfig: ["maxOutputTokens", "max_output_tokens"],
  generation_config: ["maxOutputTokens", "max_output_tokens"],
  inferenceConfig: ["maxTokens"],
  textGenerationConfig: ["maxTokenCount"],
};

function clamped(body: Json, path: string, max: number): Json {
  const each = Math.max(1, Math.floor(max / choicesOf(body)));
  let isBounded = false;
  const bound = (holder: Json, names: readonly string[]): Json => {
    const changed: Record<string, unknown> = { ...holder };
    for (const name of names) {
      if (!Object.hasOwn(holder, name)) continue;
      const value = holder[name];
      changed[name] = typeof value === "number" && value >= 0 && value <= each ? value : each;
      isBounded = true;
    }
    return changed;
  };
  const result: Record<string, unknown> = bound(body, BOUNDS);
  for (const [name, fields] of Object.entries(CONFIGS))
    if (isObject(body[name])) result[name] = bound(object(body[name]), fields);
  return isBounded ? result : { ...result, ...boundFor(path, result, each) };
}

function choicesOf(body: Json): number {
  const config = object(body.generationConfig ?? body.generation_config);
  const choices = body.n ?? body.best_of ?? config.candidateCount ?? config.candidate_count;
  return typeof choices === "number" && choices >= 1 ? choices : 1;
}

/** Sets the bound where the request has none. */
function boundFor(path: string, body: Json, tokens: number): Json {
  if (path.endsWith("/chat/completions")) return { max_completion_tokens: tokens };
  if (path.endsWith("/responses")) return { max_output_tokens: tokens };
  if (path.endsWith("/completions") || path.endsWith("/messages")) return { max_tokens: tokens };
  if (path.endsWith("enerateContent"))
    return { generationConfig: { ...object(body.generationConfig), maxOutputTokens: tokens } };
  if (/\/converse(-stream)?$/.test(path))
    return { inferenceConfig: { ...object(body.inferenceConfig), maxTokens: tokens } };
  return {};
}
