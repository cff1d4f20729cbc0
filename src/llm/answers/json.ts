/** What is told of an API of models, so that its answers can be kept; and reading of JSON that nobody has checked. */

export type Json = Readonly<Record<string, unknown>>;

export interface PromptMessage {
  readonly role: string;
  readonly isSystem: boolean;
  readonly text: string;
}

/** What a request asks, as far as an answer to another may answer it. */
export interface ModelPrompt {
  /** What is said, in order; the last is what the answer answers. */
  readonly messages: readonly PromptMessage[];
  /** All else that decides what the answer is like, in one form. */
  readonly frame: string;
  readonly isStream: boolean;
  /** The stream tells usage at its end. */
  readonly includesUsage: boolean;
}

export interface AnswerApi {
  /** Undefined: a request whose answer is for it alone (images, files, results of tools, a stored conversation). */
  prompt(body: Json): ModelPrompt | undefined;
  /** Has an answer come to its own end, with nothing left to do? */
  isWhole(answer: Json): boolean;
  /** Puts the events of a stream together. */
  assembly(): Assembly;
  /** The answer as the events of a stream. */
  events(answer: Json, prompt: ModelPrompt): string;
}

export interface Assembly {
  /** The data of one event. Throws for what is no such stream. */
  event(data: string): void;
  /** Undefined while the stream has not come to its end. */
  answer(): unknown;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): readonly Json[] {
  return list(value).filter(isObject);
}

/** Members that say how an answer is sent, or who asks, and not what is asked. */
const OUTSIDE_FRAME = new Set([
  ...["messages", "input", "system", "instructions"],
  ...["stream", "stream_options", "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "service_tier"],
]);

/** Everything beside the messages that an answer depends on: model, tools, format, temperature ... */
export function frameOf(body: Json): string {
  const names = Object.keys(body).filter((name) => !OUTSIDE_FRAME.has(name));
  return JSON.stringify(names.sort().map((name) => [name, body[name]]));
}

/** The text of content that is nothing but text; undefined: it is, or holds, something else. */
export function plainText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts: string[] = [];
  for (const part of content) {
    if (!isObject(part) || typeof part.text !== "string" || !TEXT_PARTS.has(String(part.type ?? "text")))
      return undefined;
    texts.push(part.text);
  }
  return texts.join("\n");
}

const TEXT_PARTS = new Set(["text", "input_text", "output_text"]);
const SYSTEM_ROLES = new Set(["system", "developer"]);
const ROLES = new Set(["system", "developer", "user", "assistant"]);

/** Messages of text alone; undefined: one is something else. */
export function textMessages(messages: readonly unknown[]): ModelPrompt["messages"] | undefined {
  const found: PromptMessage[] = [];
  for (const message of messages) {
    if (!isObject(message) || !ROLES.has(String(message.role))) return undefined;
    if (message.tool_calls !== undefined || message.function_call !== undefined || message.audio !== undefined)
      return undefined;
    const text = plainText(message.content);
    if (text === undefined) return undefined;
    const role = String(message.role);
    found.push({ role, isSystem: SYSTEM_ROLES.has(role), text });
  }
  return found;
}

export function event(data: unknown, name?: string): string {
  const head = name === undefined ? "" : `event: ${name}\n`;
  return `${head}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** Parts of a text of about this many characters, none cut inside a character. */
export function pieces(text: string, size = 80): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + size, text.length);
    const code = text.charCodeAt(end - 1);
    if (end < text.length && code >= 0xd800 && code < 0xdc00) end++;
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}
