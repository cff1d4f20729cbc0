/** The text that one message of a model's answer adds, whole or as an event of a stream: what is counted when the provider does not count. */
type Json = Readonly<Record<string, unknown>>;

export function deltaTextOf(message: unknown): string {
  if (!isObject(message)) return "";
  // OpenAI responses: response.output_text.delta and its like carry the text itself; Anthropic's delta is an object.
  if (typeof message.delta === "string") return message.delta;
  if (isObject(message.delta)) return partText(message.delta);
  const parts = [message.choices, message.candidates, message.content, message.output];
  return parts.map(listText).join("");
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.map((item) => (isObject(item) ? partText(item) : "")).join("") : "";
}

/** A choice, a candidate, a content part or a delta. */
function partText(part: Json): string {
  let text = "";
  for (const name of ["text", "content", "reasoning_content", "thinking", "partial_json", "arguments", "refusal"]) {
    const value = part[name];
    if (typeof value === "string") text += value;
    else if (Array.isArray(value)) text += listText(value);
    else if (isObject(value)) text += partText(value);
  }
  for (const name of ["delta", "message", "function"]) if (isObject(part[name])) text += partText(part[name]);
  return text + listText(part.tool_calls) + listText(part.parts);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
