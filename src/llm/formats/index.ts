/** The formats that can be spoken for OpenAI's. */
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import type { ModelFormat } from "./format.ts";
import { gemini } from "./gemini.ts";
import { mistral } from "./mistral.ts";

export const FORMATS = { anthropic, bedrock, cohere, gemini, mistral } satisfies Record<string, ModelFormat>;
export type FormatName = keyof typeof FORMATS;
