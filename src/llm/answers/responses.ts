/** Responses of OpenAI's (https://platform.openai.com/docs/api-reference/responses, and -streaming). */
import {
  type AnswerApi,
  event,
  frameOf,
  isObject,
  type Json,
  list,
  objects,
  pieces,
  plainText,
  textMessages,
} from "./json.ts";

export const RESPONSES: AnswerApi = {
  prompt(body) {
    // What goes on from a stored response, or runs in the background, is one of a row.
    if (body.previous_response_id != null || body.conversation != null || body.background === true) return undefined;
    if (body.prompt != null) return undefined;
    const said = typeof body.input === "string" ? [{ role: "user", content: body.input }] : list(body.input);
    if (said.some((item) => isObject(item) && item.type !== undefined && item.type !== "message")) return undefined;
    const messages = textMessages(said);
    if (messages === undefined || messages.length === 0) return undefined;
    const instructions = body.instructions == null ? "" : plainText(body.instructions);
    if (instructions === undefined) return undefined;
    const system = instructions === "" ? [] : [{ role: "system", isSystem: true, text: instructions }];
    return {
      messages: [...system, ...messages],
      frame: frameOf(body),
      isStream: body.stream === true,
      includesUsage: true,
    };
  },

  isWhole({ object, status, error, output }) {
    const items = list(output);
    return object === "response" && status === "completed" && error == null && items.length > 0 && items.every(isText);
  },

  assembly() {
    let answer: unknown;
    return {
      event(data) {
        if (data === "[DONE]") return;
        const message: unknown = JSON.parse(data);
        if (!isObject(message) || message.type === "error") throw new Error("no event of a stream");
        // The last event holds all that came before it.
        if (message.type === "response.completed") answer = message.response;
      },
      answer: () => answer,
    };
  },

  events(answer) {
    const parts: string[] = [];
    const add = (type: string, more: Json) => parts.push(event({ type, sequence_number: parts.length, ...more }, type));
    const begun = { ...answer, status: "in_progress", output: [], usage: null };
    add("response.created", { response: begun });
    add("response.in_progress", { response: begun });
    for (const [output_index, item] of objects(answer.output).entries()) {
      add("response.output_item.added", { output_index, item: { ...item, status: "in_progress", content: [] } });
      for (const [content_index, part] of objects(item.content).entries()) {
        const at = { item_id: item.id, output_index, content_index };
        add("response.content_part.added", { ...at, part: { ...part, text: "" } });
        for (const delta of pieces(String(part.text)))
          add("response.output_text.delta", { ...at, delta, logprobs: [] });
        add("response.output_text.done", { ...at, text: part.text, logprobs: [] });
        add("response.content_part.done", { ...at, part });
      }
      add("response.output_item.done", { output_index, item });
    }
    add("response.completed", { response: answer });
    return parts.join("");
  },
};

/** Reasoning that shows nothing is left out of what is judged. */
function isText(item: unknown): boolean {
  if (!isObject(item)) return false;
  if (item.type === "reasoning") return !list(item.summary).length && !list(item.content).length;
  const isOutput = (part: unknown) => isObject(part) && part.type === "output_text" && typeof part.text === "string";
  return item.type === "message" && list(item.content).length > 0 && list(item.content).every(isOutput);
}
