/**
 * A request of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses/create) as the one from which every
 * provider's request is made. Nothing is kept from one response to the next: the whole conversation is in `input`.
 */
import {
  argumentsOf,
  type ChatRequest,
  Conversation,
  dataPart,
  functionTool,
  imagePart,
  type Part,
  plainText,
  resultOf,
  schemaFormat,
  toolsOf,
} from "./chat-request.ts";
import { type ModelFormat, type ProviderCall, UnfitRequest } from "./format.ts";
import { isObject, type Json, list, number, object, objects, optionalText, text } from "./json.ts";
import { signatureOf } from "./thought-signature.ts";

/** @param model the provider's name of it. Throws UnfitRequest. */
export function responsesRequestOf(body: Json, model: string): ChatRequest {
  refuseForeign(body);
  const { instructions, turns } = conversation(body);
  const tools = objects(body.tools).map((tool) => functionTool(tool, tool));
  return {
    model,
    instructions,
    turns,
    toolsCache: undefined,
    instructionsCache: undefined,
    ...toolsOf(tools, body.tool_choice, namedFunction),
    parallelCalls: typeof body.parallel_tool_calls === "boolean" ? body.parallel_tool_calls : undefined,
    maxTokens: number(body.max_output_tokens),
    temperature: number(body.temperature),
    topP: number(body.top_p),
    stop: undefined,
    choices: 1,
    format: formatOf(object(object(body.text).format)),
    seed: undefined,
    presencePenalty: undefined,
    frequencyPenalty: undefined,
    user: optionalText(body.user) ?? optionalText(body.safety_identifier),
    effort: optionalText(object(body.reasoning).effort),
    showsThoughts: typeof object(body.reasoning).summary === "string",
    isStream: body.stream === true,
    includesUsage: true,
  };
}

/** Chat completions and responses name the same things by other words. */
const PARAMS: ReadonlyMap<string | null, string> = new Map([
  ["messages", "input"],
  ["response_format", "text.format"],
]);

/** The provider's call; what it cannot be asked is told by the words of responses. */
export function responsesCall(format: ModelFormat, request: ChatRequest): ProviderCall {
  try {
    return format.chat(request);
  } catch (error) {
    if (!(error instanceof UnfitRequest)) throw error;
    throw new UnfitRequest(error.message, PARAMS.get(error.param) ?? error.param);
  }
}

/** What would have to be kept between requests, and what nobody else has a word for. */
function refuseForeign(body: Json): void {
  const refuse = (param: string, message: string) => {
    throw new UnfitRequest(message, param);
  };
  const notKept = "Responses are not stored before this model's provider";
  if (body.store === true) refuse("store", `${notKept}: leave store out, or set it to false.`);
  if (body.previous_response_id != null)
    refuse("previous_response_id", `${notKept}: give the whole conversation as input.`);
  if (body.conversation != null) refuse("conversation", `${notKept}: give the whole conversation as input.`);
  if (body.background === true) refuse("background", `${notKept}: they cannot be made in the background.`);
  if (body.prompt != null) refuse("prompt", "Stored prompts are not available from this model's provider.");
  if (body.moderation != null) refuse("moderation", "moderation is not available from this model's provider.");
  if ((number(body.top_logprobs) ?? 0) > 0 || list(body.include).includes("message.output_text.logprobs"))
    refuse("top_logprobs", "logprobs are not available from this model's provider.");
}

function conversation(body: Json): Conversation {
  const said = new Conversation();
  said.instruct(text(body.instructions));
  if (typeof body.input === "string") {
    said.add("user", [{ kind: "text", text: body.input }]);
    return said;
  }
  if (!Array.isArray(body.input)) throw new UnfitRequest("input must be a text or a list of items.", "input");
  let signature: string | undefined;
  body.input.forEach((item, i) => {
    const param = `input[${i}]`;
    if (!isObject(item)) throw new UnfitRequest(`${param} must be an object.`, param);
    if (item.type === "reasoning") {
      signature = signatureOf(item.encrypted_content);
      return;
    }
    add(item, param, signature, said);
    signature = undefined;
  });
  return said;
}

/** @param signature of the reasoning before the item */
function add(item: Json, param: string, signature: string | undefined, said: Conversation): void {
  switch (item.type) {
    case undefined:
    case "message":
      addMessage(item, param, said);
      return;
    case "function_call": {
      const input = argumentsOf(item.arguments, `${param}.arguments`);
      said.add("assistant", [{ kind: "call", id: text(item.call_id), name: text(item.name), input, signature }]);
      return;
    }
    case "function_call_output":
      said.add("user", [resultOf(text(item.call_id), item.output, contentParts(item.output, `${param}.output`))]);
      return;
    default:
      throw new UnfitRequest(`${param}.type is not available from this model's provider.`, `${param}.type`);
  }
}

function addMessage({ role, content }: Json, param: string, said: Conversation): void {
  if (role === "system" || role === "developer") said.instruct(plainText(content));
  else if (role === "user" || role === "assistant") said.add(role, contentParts(content, `${param}.content`));
  else throw new UnfitRequest(`${param}.role must be system, developer, user or assistant.`, `${param}.role`);
}

function contentParts(content: unknown, param: string): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return objects(content).flatMap((part, i) => contentPart(part, `${param}[${i}]`));
}

function contentPart(part: Json, param: string): Part[] {
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "refusal": {
      const words = text(part.text ?? part.refusal);
      return words === "" ? [] : [{ kind: "text", text: words }];
    }
    case "input_image":
      refuseStored(part, param);
      return [imagePart(text(part.image_url), param)];
    case "input_file":
      refuseStored(part, param);
      return [dataPart(text(part.file_data), optionalText(part.filename), param)];
    case "input_audio": {
      const { data, format } = object(part.input_audio);
      return [{ kind: "data", mediaType: `audio/${text(format)}`, data: text(data), name: undefined }];
    }
    default:
      throw new UnfitRequest(`${param}.type is not available from this model's provider.`, `${param}.type`);
  }
}

function refuseStored({ file_id, file_url }: Json, param: string): void {
  if (file_id != null || file_url != null)
    throw new UnfitRequest(
      "Files must be in the request itself: this model's provider knows none by id or URL.",
      param,
    );
}

function namedFunction({ type, name }: Json): string {
  return type === "function" ? text(name) : "";
}

function formatOf(format: Json): ChatRequest["format"] {
  if (format.type === "json_object") return "json";
  return format.type === "json_schema" ? schemaFormat(format) : undefined;
}
