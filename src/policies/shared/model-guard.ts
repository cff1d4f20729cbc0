/** The guard of an API's models: what goes out is checked as it goes out, after every policy, and refused in the words of its provider. */
import { Body, BodyTooLarge } from "../../http/body.ts";
import type { Exchange, ModelGuard } from "../../kit/exchange.ts";
import { type RequestMessage, ResponseMessage } from "../../kit/message.ts";
import { Refusal } from "../../kit/outcome.ts";
import { errorFor } from "../../base/model-errors.ts";
import { parsedObject } from "../../llm/formats/json.ts";
import { type GuardProblem, guarded, isProblem } from "../../llm/guard.ts";
import { transformed } from "./passing-body.ts";

/** The request's body as it may go out; undefined: as it is. */
export async function guardedBody(
  x: Exchange,
  request: RequestMessage,
  guard: ModelGuard,
): Promise<Body | Refusal | undefined> {
  const { body } = request;
  if (request.isBodyConsumed || body.isNone || body.length === 0 || body.isSpent) return undefined;
  const bytes = await heldBytes(x, body, guard);
  if (bytes instanceof Refusal) return bytes;
  const json = parsedObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  if (json === undefined) return notReadable(x, guard);
  const result = guarded(json, request.url.path, guard);
  if (isProblem(result)) return refusal(x, result);
  try {
    // What was checked is what is sent: of two fields of one name another reader might take the other.
    return Body.text(JSON.stringify(result));
  } catch {
    const message = "The body of the request is nested too deeply.";
    return refusal(x, { status: 400, message, param: null, code: "invalid_json" });
  }
}

async function heldBytes(x: Exchange, body: Body, { maxRequestBytes }: ModelGuard): Promise<Uint8Array | Refusal> {
  const limit = x.snapshot.settings.limits.bufferedBodyBytes;
  try {
    const bytes = await body.collect(Math.min(limit, maxRequestBytes ?? limit));
    if (maxRequestBytes === undefined || bytes.length <= maxRequestBytes) return bytes;
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
  }
  const message = `The request is larger than ${maxRequestBytes ?? limit} bytes.`;
  return refusal(x, { status: 413, message, param: null, code: "request_too_large" });
}

/** No JSON: forms with files, which only a guard that asks for nothing but sizes lets pass. */
function notReadable(x: Exchange, { models, maxTokens, unknownFields }: ModelGuard): Refusal | undefined {
  if (models === undefined && maxTokens === undefined && unknownFields === "pass") return undefined;
  const message = "The body of the request cannot be parsed as a JSON object.";
  return refusal(x, { status: 400, message, param: null, code: "invalid_json" });
}

function refusal(x: Exchange, { status, message, param, code }: GuardProblem): Refusal {
  const body = JSON.stringify(errorFor(x.originalUrl.path, status, message, { param, code }));
  return new Refusal(status, "ModelGuard", message, { body, detail: { code } });
}

/** Stops an answer that grows too large: before its head where its length is known, else by breaking it off. */
export function boundedAnswer(x: Exchange, response: ResponseMessage, maxBytes: number): ResponseMessage {
  const message = `The model's answer is larger than ${maxBytes} bytes.`;
  if ((response.body.length ?? 0) > maxBytes) {
    response.body.discard();
    const error = errorFor(x.originalUrl.path, 502, message, { code: "response_too_large" });
    const refused = new ResponseMessage(502);
    refused.headers.set("Content-Type", "application/json");
    refused.body = Body.text(JSON.stringify(error));
    return refused;
  }
  if (response.body.buffered !== undefined) return response;
  let bytes = 0;
  const count = (data: Uint8Array) => {
    bytes += data.length;
    if (bytes > maxBytes) throw new Error(message);
    return data;
  };
  response.body = transformed(response.body, { chunk: count, end: () => new Uint8Array(0) });
  return response;
}
