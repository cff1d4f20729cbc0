/** Messages of Anthropic's (https://docs.anthropic.com/en/api/messages, and -streaming). */
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

export const ANTHROPIC: AnswerApi = {
  prompt(body) {
    const said = textMessages(list(body.messages));
    if (said === undefined || said.length === 0) return undefined;
    const system = body.system === undefined ? "" : plainText(body.system);
    if (system === undefined) return undefined;
    const messages = system === "" ? said : [{ role: "system", isSystem: true, text: system }, ...said];
    return { messages, frame: frameOf(body), isStream: body.stream === true, includesUsage: true };
  },

  isWhole({ type, stop_reason, content }) {
    const isEnded = stop_reason === "end_turn" || stop_reason === "stop_sequence";
    const blocks = list(content);
    return type === "message" && isEnded && blocks.length > 0 && blocks.every(isTextBlock);
  },

  assembly() {
    let head: Json | undefined;
    let end: Json = {};
    let usage: Json = {};
    let isOver = false;
    const blocks: { type: unknown; text: string; isText: boolean }[] = [];
    return {
      event(data) {
        const message: unknown = JSON.parse(data);
        if (!isObject(message) || message.type === "error") throw new Error("no event of a stream");
        if (message.type === "message_start" && isObject(message.message)) {
          head = message.message;
          if (isObject(head.usage)) usage = head.usage;
        } else if (message.type === "content_block_start" && isObject(message.content_block)) {
          const { type, text } = message.content_block;
          blocks.push({ type, text: typeof text === "string" ? text : "", isText: type === "text" });
        } else if (message.type === "content_block_delta" && isObject(message.delta)) {
          const block = blocks.at(-1);
          if (block !== undefined && typeof message.delta.text === "string") block.text += message.delta.text;
          else if (block !== undefined) block.isText = false;
        } else if (message.type === "message_delta") {
          if (isObject(message.delta)) end = message.delta;
          if (isObject(message.usage)) usage = { ...usage, ...message.usage };
        } else if (message.type === "message_stop") {
          isOver = true;
        }
      },
      answer() {
        if (!isOver || head === undefined) return undefined;
        const content = blocks.map(({ type, text, isText }) => ({ type: isText ? type : "other", text }));
        return { ...head, ...end, content, usage };
      },
    };
  },

  events(answer) {
    const { content, stop_reason, stop_sequence = null, usage, ...head } = answer;
    const parts: string[] = [];
    const add = (type: string, more: Json = {}) => parts.push(event({ type, ...more }, type));
    const counts = isObject(usage) ? usage : {};
    add("message_start", {
      message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...counts, output_tokens: 0 } },
    });
    for (const [index, { text, ...block }] of objects(content).entries()) {
      add("content_block_start", { index, content_block: { ...block, text: "" } });
      for (const piece of pieces(String(text)))
        add("content_block_delta", { index, delta: { type: "text_delta", text: piece } });
      add("content_block_stop", { index });
    }
    add("message_delta", {
      delta: { stop_reason, stop_sequence },
      usage: { output_tokens: counts.output_tokens ?? 0 },
    });
    add("message_stop");
    return parts.join("");
  },
};

function isTextBlock(block: unknown): boolean {
  return isObject(block) && block.type === "text" && typeof block.text === "string" && !list(block.citations).length;
}
