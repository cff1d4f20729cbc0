/** What the gateway itself adds to a trace: the request as it came, where it was routed, and the answer. */
import type { ExchangeState } from "../engine/exchange.ts";
import { NO_API } from "../engine/exchange-init.ts";
import type { Headers } from "../http/headers.ts";
import type { RecordedTrace } from "../telemetry/trace-recorder.ts";
import { TRACE_PATH } from "./own-paths.ts";

const list = (headers: Headers) => [...headers].map(([name, value]) => ({ name, value }));

/** An API may name the header of its keys as it likes; what stands in it is not shown, genuine or not. */
function withoutKeys(headers: Headers, keyHeader: string): Headers {
  if (!headers.has(keyHeader)) return headers;
  const shown = headers.clone();
  shown.set(keyHeader, "***");
  return shown;
}

export function traceRequest(trace: RecordedTrace, exchange: ExchangeState): void {
  const { originalUrl: url, route, incoming } = exchange;
  trace.add("inbound", "handler", {
    request: {
      method: exchange.originalMethod,
      url: url.toString(),
      headers: list(withoutKeys(incoming.headers, route.api.subscriptionKeyHeader)),
    },
  });
  if (route.api === NO_API) return;
  trace.add("inbound", "handler", {
    configuration: {
      api: {
        id: route.api.id,
        revision: route.api.revision,
        version: route.api.version ?? null,
        from: route.apiPath,
        to: exchange.backendUrl,
      },
      operation: { id: route.operation.id, method: route.operation.method, uriTemplate: route.operation.urlTemplate },
      matchedParameters: route.matchedParameters,
      user: route.user === null ? null : { id: route.user.id, groups: route.user.groups },
      product: route.product === null ? null : { id: route.product.id },
      subscription: route.subscription === null ? null : { id: route.subscription.id },
    },
  });
}

/** Ends the trace and tells the caller where to find it. */
export function traceHeaders(trace: RecordedTrace, exchange: ExchangeState): void {
  const response = exchange.response;
  if (response === null) return;
  trace.add(exchange.lastError === null ? "outbound" : "on-error", "handler", {
    response: { status: { code: response.status, reason: response.reason }, headers: list(response.headers) },
  });
  response.headers.set("Ocp-Apim-Trace-Location", `${exchange.originalUrl.origin}${TRACE_PATH}${trace.traceId}`);
  response.headers.set("Apim-Trace-Id", trace.traceId);
}
