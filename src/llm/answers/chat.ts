/** Chat completions of OpenAI's (https://platform.openai.com/docs/api-reference/chat), which most servers speak. */
import { type AnswerApi, event, frameOf, isObject, type Json, list, objects, pieces, textMessages } from "./json.ts";

export const CHAT: AnswerApi = {
  prompt(body) {
    const messages = textMessages(list(body.messages));
    if (messages === undefined || messages.length === 0) return undefined;
    // What is spoken, or asks the model to look something up, is of its moment.
    if (list(body.modalities).includes("audio") || body.web_search_options != null) return undefined;
    return {
      messages,
      frame: frameOf(body),
      isStream: body.stream === true,
      includesUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
    };
  },

  isWhole({ choices, error }) {
    const all = objects(choices);
    return error == null && all.length > 0 && all.every(isWholeChoice);
  },

  assembly() {
    const choices = new Map<number, Choice>();
    let head: Json | undefined;
    let usage: unknown;
    let isOver = false;
    return {
      event(data) {
        if (data === "[DONE]") {
          isOver = true;
          return;
        }
        const chunk: unknown = JSON.parse(data);
        if (!isObject(chunk) || chunk.error != null || isOver) throw new Error("no chunk of a stream");
        if (isObject(chunk.usage)) usage = chunk.usage;
        const parts = objects(chunk.choices);
        if (parts.length > 0) head ??= chunk;
        for (const part of parts) addTo(choices, part);
      },
      answer() {
        if (!isOver || head === undefined) return undefined;
        const { id, created, model, system_fingerprint } = head;
        return {
          id,
          object: "chat.completion",
          created,
          model,
          ...(system_fingerprint === undefined ? {} : { system_fingerprint }),
          choices: [...choices.values()].sort((a, b) => a.index - b.index).map(choiceOf),
          ...(usage === undefined ? {} : { usage }),
        };
      },
    };
  },

  events(answer, { includesUsage }) {
    const { choices, usage, object: _object, ...head } = answer;
    const chunk = (content: Json) => event({ ...head, object: "chat.completion.chunk", ...content });
    const parts: string[] = [];
    for (const choice of objects(choices)) {
      const { index = 0, message, finish_reason, ...rest } = choice;
      const { role = "assistant", content, ...more } = isObject(message) ? message : ({} as Json);
      const usual = includesUsage ? { usage: null } : {};
      const delta = (of: Json, end: Json = { finish_reason: null }) =>
        parts.push(chunk({ choices: [{ index, delta: of, ...end }], ...usual }));
      delta({ role, content: "", ...more });
      for (const piece of pieces(typeof content === "string" ? content : "")) delta({ content: piece });
      delta({}, { ...rest, finish_reason });
    }
    if (includesUsage && usage !== undefined) parts.push(chunk({ choices: [], usage }));
    return parts.join("") + event("[DONE]");
  },
};

/** Ended by itself: not at a limit, by a filter, or to have a tool called. */
function isWholeChoice({ finish_reason, message }: Json): boolean {
  if (finish_reason !== "stop" || !isObject(message)) return false;
  const { content, refusal, tool_calls, function_call, audio } = message;
  return (
    typeof content === "string" && refusal == null && !list(tool_calls).length && function_call == null && audio == null
  );
}

interface Choice {
  readonly index: number;
  content: string;
  reasoning: string;
  finishReason: unknown;
  /** Something that is put together otherwise than text. */
  hasMore: boolean;
}

function addTo(choices: Map<number, Choice>, part: Json): void {
  const index = typeof part.index === "number" ? part.index : 0;
  let choice = choices.get(index);
  if (choice === undefined) {
    choice = { index, content: "", reasoning: "", finishReason: null, hasMore: false };
    choices.set(index, choice);
  }
  if (part.finish_reason != null) choice.finishReason = part.finish_reason;
  if (!isObject(part.delta)) return;
  const { content, reasoning_content, tool_calls, function_call, refusal, audio } = part.delta;
  if (typeof content === "string") choice.content += content;
  if (typeof reasoning_content === "string") choice.reasoning += reasoning_content;
  if (list(tool_calls).length > 0 || function_call != null || refusal != null || audio != null) choice.hasMore = true;
}

function choiceOf({ index, content, reasoning, finishReason, hasMore }: Choice): Json {
  const message = {
    role: "assistant",
    content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
  };
  return { index, message, logprobs: null, finish_reason: hasMore ? null : finishReason };
}
