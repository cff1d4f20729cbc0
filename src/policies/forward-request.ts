/** forward-request: sends the request to the backend and takes its answer as the response. */
import { ResponseMessage } from "../kit/message.ts";
import { bool, int, oneOf } from "../kit/attributes.ts";
import { NEEDS_REQUEST_BODY, prepare } from "../kit/bodies.ts";
import type { Backend, Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault, Refusal } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { route } from "./shared/backend-pool.ts";
import { type CallOptions, callThen } from "./shared/call.ts";
import { report } from "./shared/circuit-breaker.ts";
import { modelsOf, type Sending } from "./shared/model-forward.ts";

export const forwardRequest = definePolicy({
  name: "forward-request",
  sections: ["backend"],
  scopes: ALL_SCOPES,
  category: "Routing",
  summary: "Forwards the request to the backend.",
  reference: "https://learn.microsoft.com/azure/api-management/forward-request-policy",
  attributes: {
    timeout: int({ expression: true, min: 0, doc: "Seconds to wait for the response headers; default 300." }),
    "timeout-ms": int({ expression: true, min: 0, doc: "The same in milliseconds." }),
    "continue-timeout": int({
      expression: true,
      min: 0,
      doc: "Seconds to wait for 100 Continue; accepted, the body is sent at once.",
    }),
    "http-version": oneOf(["1", "2or1", "2"], { default: "1", doc: "HTTP version towards the backend." }),
    "follow-redirects": bool({ default: false, expression: true, doc: "Whether redirects are followed." }),
    "buffer-request-body": bool({ default: false, doc: "Holds the request body so that a retry can send it again." }),
    "buffer-response": bool({ default: true, doc: "false for server-sent events; responses stream either way." }),
    "fail-on-error-status-code": bool({
      default: false,
      doc: "Whether 400 to 599 from the backend leads to on-error.",
    }),
  },
  compile(config, context) {
    const { timeout, timeoutMs, followRedirects } = config;
    if (timeout !== undefined && timeoutMs !== undefined)
      context.error("Give timeout or timeout-ms, not both", { attribute: "timeout-ms" });
    const defaultMs = context.snapshot.settings.limits.upstreamTimeoutMs;
    const bufferRequest = config.bufferRequestBody;
    const failOnError = config.failOnErrorStatusCode;
    const models = modelsOf(context.snapshot.settings.ai);
    const allowHttp2 = config.httpVersion !== "1";
    // An entity of the very URL that the request goes to gives it its credentials and breakers, though no policy chose it.
    const byUrl = new Map<string | null, Backend>(
      [...context.snapshot.backends.values()].filter((b) => b.type === "Single").map((b) => [b.url, b]),
    );
    const send = (x: Exchange): Outcome | Promise<Outcome> => {
      const entity = x.backend === null ? byUrl.get(x.backendUrl) : undefined;
      if (entity !== undefined) x.setBackend(entity.url, entity);
      const unavailable = route(x);
      if (unavailable !== undefined) return answer(x, unavailable, failOnError);
      const limitMs = timeoutMs?.get(x) ?? (timeout ? timeout.get(x) * 1000 : defaultMs);
      const options = {
        timeoutMs: limitMs,
        followRedirects: followRedirects.get(x),
        allowHttp2,
        backend: x.backend,
      };
      const sending = models(x);
      if (!(sending instanceof Promise)) return forward(x, sending, options, failOnError);
      return sending.then((ready) => (ready instanceof Refusal ? ready : forward(x, ready, options, failOnError)));
    };
    if (!bufferRequest) return send;
    return async (x) => {
      await prepare(x, NEEDS_REQUEST_BODY);
      return send(x);
    };
  },
  doors: () => [{ kind: "forward" }],
});

function forward(x: Exchange, sending: Sending, options: CallOptions, failOnError: boolean): Promise<Outcome> {
  if (x.backendUrl === null) {
    throw new PolicyFault("BackendConnectionFailure", "The API has no service URL and no policy chose a backend.");
  }
  const startedAt = x.clock.monotonic();
  const { backend } = x;
  const called = callThen(x, sending.message, options, ({ status, reason, headers, body }) => {
    x.backendMs = (x.backendMs ?? 0) + x.clock.monotonic() - startedAt;
    const response = new ResponseMessage(status, reason, headers, body);
    report(x, backend, response);
    const taken = sending.answered?.(response) ?? response;
    if (!(taken instanceof Promise)) return answer(x, taken, failOnError);
    return taken.then((read) => answer(x, read, failOnError));
  });
  if (backend === null) return called;
  return called.catch((error) => {
    report(x, backend, error);
    throw error;
  });
}

function answer(x: Exchange, response: ResponseMessage, failOnError: boolean): Outcome {
  x.response?.body.discard();
  x.response = response;
  return failOnError ? failing(response) : undefined;
}

function failing(response: ResponseMessage): Outcome {
  if (response.status < 400) return undefined;
  return new Refusal(response.status, "BackendResponseStatusCode", `The backend answered ${response.status}.`, {
    keepsResponse: true,
  });
}
