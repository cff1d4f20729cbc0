/** What the gateway answers itself, on every listener, before any routing: whether it serves, what it serves as a whole, and traces. */
import { NO_API } from "../engine/exchange-init.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import type { CanonicalRequest } from "./canonical.ts";
import type { Live } from "./live.ts";
import { takeKey } from "./subscription.ts";
import type { TraceStore } from "./trace-store.ts";
import type { Visit } from "./visit.ts";

/** As on APIM, where load balancers and traffic managers ask for it. */
export const STATUS_PATH = "/status-0123456789abcdef";
export const TRACE_PATH = "/.sallyport/trace/";
/** The target of OPTIONS that asks about the server and none of its paths. */
const WHOLE_SERVER = "*";

export function isOwnPath(path: string): boolean {
  const second = path.charCodeAt(1);
  // "s" or ".": spares the comparison for nearly all requests.
  return (
    (second === 0x73 && path === STATUS_PATH) ||
    (second === 0x2e && path.startsWith(TRACE_PATH)) ||
    path === WHOLE_SERVER
  );
}

/** What an answer depends on. */
export interface OwnState {
  readonly live: Live;
  readonly traces: TraceStore;
  readonly isDraining: boolean;
}

export function answerOwn(visit: Visit, request: CanonicalRequest, state: OwnState): void {
  const { method } = visit.incoming;
  if (request.url.path === WHOLE_SERVER) {
    // Of what any API may have: nothing of the configuration is told (RFC 9110 section 9.3.7).
    const headers = new Headers(["Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
    visit.isAnswered = true;
    visit.answerer.send(204, "", headers, Body.none, (bytes, error) => visit.done(204, bytes, error));
  } else if (method !== "GET" && method !== "HEAD") {
    visit.answer(405, "Method not allowed", "MethodNotAllowed", new Headers(["Allow", "GET, HEAD"]));
  } else if (request.url.path === STATUS_PATH) {
    const headers = new Headers(["Cache-Control", "no-store"]);
    visit.answerer.send(state.isDraining ? 503 : 200, "", headers, Body.none);
    visit.left();
  } else {
    void answerTrace(visit, request, state);
  }
}

async function answerTrace(visit: Visit, { headers, url }: CanonicalRequest, state: OwnState): Promise<void> {
  const presented = takeKey(NO_API, headers, url);
  const key = presented === "conflicting" ? undefined : presented.key;
  const isOpen = state.live.snapshot.settings.dev;
  const json = await state.traces.find(url.path.slice(TRACE_PATH.length), key, isOpen);
  if (json === undefined) {
    visit.answer(404, "Resource not found", "TraceNotFound");
    return;
  }
  const fields = new Headers(["Content-Type", "application/json", "Cache-Control", "no-store"]);
  visit.answerer.send(200, "", fields, Body.text(json), (bytes, error) => visit.done(200, bytes, error));
}
