/** What an answer says of itself, whole or by an event of a stream: the model that gives it, and that it is over. */
type Json = Readonly<Record<string, unknown>>;

export function answeredModelOf(message: unknown): string | undefined {
  // Google's streams may be one list.
  if (Array.isArray(message)) return message.length === 0 ? undefined : answeredModelOf(message[0]);
  if (!isObject(message)) return undefined;
  // Anthropic's first event holds a message, OpenAI's events of responses hold a response; Gemini says modelVersion.
  for (const holder of [message, message.message, message.response]) {
    if (!isObject(holder)) continue;
    for (const name of [holder.model, holder.modelVersion])
      if (typeof name === "string" && name !== "") return name.slice(0, 200);
  }
  return undefined;
}

/** Of Anthropic's messages and OpenAI's responses; chat completions end by the text [DONE]. */
const LAST: ReadonlySet<unknown> = new Set(["message_stop", "response.completed", "response.incomplete"]);

export function isLastEvent(message: unknown): boolean {
  return isObject(message) && LAST.has(message.type);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
