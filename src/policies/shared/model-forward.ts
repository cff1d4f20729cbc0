/** What becomes of a request for a model as it is forwarded: guarded, asked for its usage, put in the words of its provider. */
import type { Body } from "../../http/body.ts";
import type { Backend, Exchange, ModelBackend, ModelGuard, Snapshot } from "../../kit/exchange.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../../kit/bodies.ts";
import type { RequestMessage, ResponseMessage } from "../../kit/message.ts";
import { Refusal } from "../../kit/outcome.ts";
import { knownModelCall, withBody } from "./model-call.ts";
import { translated } from "./model-front.ts";
import { boundedAnswer, guardedBody } from "./model-guard.ts";

/** A message as it goes out, and what is done with its answer. */
export interface Sending {
  readonly message: RequestMessage;
  readonly answered?: (response: ResponseMessage) => ResponseMessage | Promise<ResponseMessage>;
}

type AiSettings = Snapshot["settings"]["ai"];

/** Decided at load: nearly every request is sent as it is. */
export function modelsOf(ai: AiSettings): (x: Exchange) => Sending | Promise<Sending | Refusal> {
  const { askUsage, backends, guards } = ai;
  const plain = (x: Exchange): Sending => {
    const call = askUsage ? knownModelCall(x) : undefined;
    return { message: call === undefined ? x.request : call.toSend(x.request) };
  };
  if (backends.size === 0 && guards.size === 0) return plain;
  return (x) => {
    const speaks = x.backend === null ? undefined : backends.get(x.backend.id);
    const guard = guards.get(x.route.api.id);
    return speaks === undefined && guard === undefined ? plain(x) : prepared(x, speaks, guard, askUsage);
  };
}

async function prepared(
  x: Exchange,
  speaks: ModelBackend | undefined,
  guard: ModelGuard | undefined,
  askUsage: boolean,
): Promise<Sending | Refusal> {
  let message = x.request;
  if (guard !== undefined) {
    const body: Body | Refusal | undefined = await guardedBody(x, message, guard);
    if (body instanceof Refusal) return body;
    if (body !== undefined) message = withBody(message, body);
  }
  // A translated stream tells its usage whether its provider would or not.
  if (askUsage || speaks !== undefined) message = knownModelCall(x)?.toSend(message) ?? message;
  const { backend } = x;
  const sending = speaks === undefined || backend === null ? { message } : await spoken(x, message, backend, speaks);
  if (sending instanceof Refusal || guard?.maxResponseBytes === undefined) return sending;
  return bounded(x, sending, guard.maxResponseBytes);
}

async function spoken(
  x: Exchange,
  message: RequestMessage,
  backend: Backend,
  speaks: ModelBackend,
): Promise<Sending | Refusal> {
  if (message === x.request) await prepare(x, NEEDS_REQUEST_BODY);
  return translated(x, message, backend, speaks);
}

function bounded(x: Exchange, { message, answered }: Sending, maxBytes: number): Sending {
  return {
    message,
    answered: (response) => {
      const held = boundedAnswer(x, response, maxBytes);
      return answered === undefined ? held : answered(held);
    },
  };
}
