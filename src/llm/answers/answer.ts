/**
 * Answers of models as a semantic cache keeps them: one JSON body, whatever form they came in, from which either form can be made again.
 * One file beside this for each API.
 */
import { EventReader } from "../event-reader.ts";
import { ANTHROPIC } from "./anthropic.ts";
import { CHAT } from "./chat.ts";
import type { AnswerApi } from "./json.ts";
import { RESPONSES } from "./responses.ts";

export type { AnswerApi, ModelPrompt } from "./json.ts";

/** The API that a request to this path speaks; undefined: none whose answers can be kept. */
export function answerApiOf(path: string): AnswerApi | undefined {
  if (/\/chat\/completions\/?$/i.test(path)) return CHAT;
  if (/\/messages\/?$/i.test(path)) return ANTHROPIC;
  if (/\/responses\/?$/i.test(path)) return RESPONSES;
  return undefined;
}

/** A whole, successful answer out of the bytes of a body; undefined: it is not whole, was cut off, refused, or wants something done. */
export function answerIn(
  api: AnswerApi,
  body: Uint8Array,
  isStream: boolean,
): Readonly<Record<string, unknown>> | undefined {
  const answer = isStream ? assembled(api, body) : parsed(Buffer.from(body).toString("utf8"));
  return typeof answer === "object" && answer !== null && !Array.isArray(answer) && api.isWhole(answer as never)
    ? (answer as Readonly<Record<string, unknown>>)
    : undefined;
}

function assembled(api: AnswerApi, body: Uint8Array): unknown {
  const assembly = api.assembly();
  const reader = new EventReader((data) => assembly.event(data));
  try {
    reader.feed(body);
    reader.end();
  } catch {
    return undefined;
  }
  return assembly.answer();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
