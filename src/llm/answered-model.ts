/** The model that answered, by its own words: a whole answer, or an event of a stream. */
type Json = Readonly<Record<string, unknown>>;

export function answeredModelOf(message: unknown): string | undefined {
  if (!isObject(message)) return undefined;
  // Anthropic's first event holds a message, OpenAI's events of responses hold a response; Gemini says modelVersion.
  for (const holder of [message, message.message, message.response]) {
    if (!isObject(holder)) continue;
    for (const name of [holder.model, holder.modelVersion])
      if (typeof name === "string" && name !== "") return name.slice(0, 200);
  }
  return undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
