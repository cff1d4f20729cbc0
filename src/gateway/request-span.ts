/** What a span says of a request, by the conventions for HTTP servers. https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
import type { ExchangeState } from "../engine/exchange.ts";
import { NO_OPERATION } from "../engine/exchange-init.ts";
import type { LastError } from "../kit/exchange.ts";
import type { Api, Operation } from "../resources/snapshot.ts";
import { methodAttributes, type RequestFacts, type SpanAttributes } from "../telemetry/tracing.ts";

/** The path as it was asked for is left out: it may hold what nobody should collect. The correlation id leads to the access log. */
export function spanFacts(exchange: ExchangeState): RequestFacts {
  const { incoming, originalUrl: url, route } = exchange;
  const method = methodAttributes(exchange.originalMethod);
  const template = route.operation === NO_OPERATION ? undefined : routeTemplate(route.api, route.operation);
  const verb = method["http.request.method"] === "_OTHER" ? "HTTP" : exchange.originalMethod;
  return {
    name: template === undefined ? verb : `${verb} ${template}`,
    attributes: {
      ...method,
      "http.route": template,
      "url.scheme": url.scheme,
      "server.address": url.host,
      "server.port": url.port,
      "client.address": exchange.clientAddress,
      "network.protocol.name": "http",
      "network.protocol.version": incoming.httpVersion,
      "sallyport.correlation_id": exchange.id,
      "sallyport.api.id": route.api.id,
      "sallyport.operation.id": route.operation.id,
    },
    traceparent: incoming.headers.all("traceparent"),
    tracestate: incoming.headers.joined("tracestate"),
    receivedAt: exchange.receivedAt,
    startedAt: exchange.startedAt,
  };
}

/** @param code 0: the caller got none */
export function endFacts(code: number, exchange: ExchangeState | undefined): SpanAttributes {
  const { product, subscription } = exchange?.route ?? {};
  return {
    "http.response.status_code": code === 0 ? undefined : code,
    "sallyport.product.id": product?.id,
    "sallyport.subscription.id": subscription?.id,
  };
}

/** Refusals below 500 are the caller's: no errors of a server. */
export function failureOf(code: number, lastError: Pick<LastError, "reason"> | undefined): string | undefined {
  if (code !== 0 && code < 500) return undefined;
  return lastError?.reason ?? String(code);
}

/** `/orders/{id}`: the template below the API's path, without its query. */
export function routeTemplate({ path }: Pick<Api, "path">, { urlTemplate }: Pick<Operation, "urlTemplate">): string {
  const [template] = urlTemplate.split("?");
  return path === "" ? template : `/${path.replace(/^\/+/, "")}${template}`;
}
