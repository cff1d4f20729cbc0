/**
 * WebSocket APIs: the policies of the handshake run as for any request, then the gateway takes the handshake to the backend and joins
 * both ends. What flows through the tunnel afterwards is not looked at.
 */
import type { ExchangeState } from "../engine/exchange.ts";
import type { Plan, PlannedStep } from "../engine/plan.ts";
import { runPlan } from "../engine/run.ts";
import { Body } from "../http/body.ts";
import type { Tunnel } from "../http/front.ts";
import { accessOf } from "../kit/backend-access.ts";
import type { Exchange, StepPlace } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { type Outcome, PolicyFault } from "../kit/outcome.ts";
import type { Duplex } from "node:stream";
import type { Visit } from "./visit.ts";

/**
 * Policies that mean nothing to a handshake, skipped when they come from a wider scope.
 * https://learn.microsoft.com/azure/api-management/websocket-api
 */
const SKIPPED = new Set([
  "mock-response",
  "cache-lookup",
  "cache-store",
  "cross-domain",
  "cors",
  "jsonp",
  "set-method",
  "set-body",
  "xml-to-json",
  "json-to-xml",
  "xsl-transform",
  "validate-content",
  "validate-parameters",
  "validate-headers",
  "validate-status-code",
]);

const PLACE: StepPlace = {
  policy: "forward-request",
  id: "",
  scope: "global",
  section: "backend",
  path: "",
  file: "",
  line: 0,
};

const allowed = (steps: readonly PlannedStep[]) => steps.filter((step) => !SKIPPED.has(step.place.policy));

/** Runs the plan of a handshake and joins, or refuses with what the policies or the backend answered. */
export async function openTunnel(exchange: ExchangeState, plan: Plan, tunnel: Tunnel, visit: Visit): Promise<void> {
  let accepted: { readonly response: ResponseMessage; readonly socket: Duplex } | undefined;
  const handshake = async (x: Exchange): Promise<Outcome> => {
    const result = await shakeHands(x);
    const response = new ResponseMessage(
      result.response.status,
      result.response.reason,
      result.response.headers,
      result.response.body,
    );
    if (result.socket !== undefined) accepted = { response, socket: result.socket };
    exchange.response = response;
    return undefined;
  };
  await runPlan(exchange, {
    inbound: allowed(plan.inbound),
    backend: [{ run: handshake, place: PLACE }],
    outbound: [],
    onError: allowed(plan.onError),
  });
  if (accepted === undefined) {
    visit.respond(exchange);
    return;
  }
  if (accepted.response !== exchange.response) {
    accepted.socket.destroy();
    visit.respond(exchange);
    return;
  }
  tunnel.join(accepted.response.headers, accepted.socket, new Uint8Array(0), (received, sent) => {
    exchange.transferredBytes = received + sent;
    void exchange.finish();
    visit.done(101, sent);
  });
}

async function shakeHands(x: Exchange) {
  if (x.backendUrl === null) {
    throw new PolicyFault("BackendConnectionFailure", "The API has no service URL and no policy chose a backend.");
  }
  const { headers, path, tls } = await accessOf(x, x.request, x.backend);
  return x.services.upstream.upgrade({
    method: "GET",
    origin: x.request.url.origin,
    path,
    headers,
    body: Body.none,
    headersTimeoutMs: x.snapshot.settings.limits.upstreamTimeoutMs,
    tls,
    proxy: x.request.proxy,
    caller: x.incoming,
  });
}
