/**
 * WebSocket APIs: the policies of the handshake run as for any request, then the gateway takes the handshake to the backend and joins
 * both ends. What flows through the tunnel afterwards passes as it is; it is looked at only where a policy asked for that.
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
import { socketWatchesOf } from "../kit/socket-watch.ts";
import type { Duplex } from "node:stream";
import type { Visit } from "./visit.ts";
import { WatchedSocket } from "./watched-socket.ts";

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

/** Of the steps of a backend section the one that keeps account of calls of models. */
const LEDGER = "usage-ledger";

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
    backend: [...plan.backend.filter(({ place }) => place.policy === LEDGER), { run: handshake, place: PLACE }],
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
  const watches = socketWatchesOf(exchange);
  const socket = watches === undefined ? accepted.socket : new WatchedSocket(accepted.socket, watches);
  tunnel.join(accepted.response.headers, socket, new Uint8Array(0), (received, sent) => {
    exchange.transferredBytes = received + sent;
    void exchange.finish();
    visit.done(101, sent);
  });
}

async function shakeHands(x: Exchange) {
  if (x.backendUrl === null) {
    throw new PolicyFault("BackendConnectionFailure", "The API has no service URL and no policy chose a backend.");
  }
  // Who looks at messages must be able to read them: no compression is agreed on.
  if (socketWatchesOf(x) !== undefined) x.request.headers.remove("Sec-WebSocket-Extensions");
  const { headers, path, tls } = await accessOf(x, x.request, x.backend);
  const startedAt = x.clock.monotonic();
  const upgraded = await x.services.upstream.upgrade({
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
  x.backendMs = x.clock.monotonic() - startedAt;
  return upgraded;
}
