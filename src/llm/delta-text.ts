/** The text that one message of a model's answer adds, whole or as an event of a stream: what is counted when the provider does not count. */
type Json = Readonly<Record<string, unknown>>;

/** Of models that Bedrock invokes in their own formats. */
const WHOLE = ["completion", "generation", "outputText"];
/** What a part says: texts, lists of parts or parts. */
const SAID = ["text", "content", "reasoning_content", "thinking", "partial_json", "arguments", "refusal", "input"];
/** What a part may be wrapped in. */
const INNER = ["delta", "message", "function", "toolUse", "reasoningContent"];
/** Deeper content is not looked into: answers may be anything. */
const MAX_DEPTH = 32;

export function deltaTextOf(message: unknown): string {
  // Google's streams may be one list.
  if (Array.isArray(message)) return message.map(deltaTextOf).join("");
  if (!isObject(message)) return "";
  const { choices, delta, candidates, content, output, outputs } = message;
  if (Array.isArray(choices)) return listText(choices, 0);
  // OpenAI responses: response.output_text.delta and its like carry the text itself; Anthropic's delta is an object.
  if (typeof delta === "string") return delta;
  if (isObject(delta)) return partText(delta, 0);
  for (const name of WHOLE) if (typeof message[name] === "string") return message[name];
  if (isObject(output)) return partText(output, 0);
  return [candidates, content, output, outputs].map((list) => listText(list, 0)).join("");
}

function listText(value: unknown, depth: number): string {
  if (!Array.isArray(value)) return "";
  let text = "";
  for (const item of value) if (isObject(item)) text += partText(item, depth);
  return text;
}

/** A choice, a candidate, a content part or a delta. */
function partText(part: Json, depth: number): string {
  if (depth > MAX_DEPTH) return "";
  let text = "";
  for (const name of SAID) {
    const value = part[name];
    if (typeof value === "string") text += value;
    else if (Array.isArray(value)) text += listText(value, depth + 1);
    else if (isObject(value)) text += partText(value, depth + 1);
  }
  for (const name of INNER) {
    const value = part[name];
    if (isObject(value)) text += partText(value, depth + 1);
  }
  return text + listText(part.tool_calls, depth + 1) + listText(part.parts, depth + 1);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
