/**
 * The origins that a configuration names literally: service URLs, backends, and what stands as an URL in a policy document, a fragment or
 * a named value - alone or in an expression, as long as the host is complete. The author meant these to be called, wherever they are;
 * hosts that expressions put together at run time are not among them.
 */
import type { PolicyDocument, Snapshot } from "./snapshot.ts";

/** An absolute URL whose host and port are followed by something that ends them. */
const URL_TEXT = /\b(https?|wss?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(:\d{1,5})?(?=$|[\s/?#"'<>&;,)\]`|])/gi;
/** The namespace of a send-service-bus-message: connections to it are `amqps://host:port`. */
const NAMESPACE = /<send-service-bus-message\b[^>]*?\snamespace\s*=\s*["']([a-z0-9.-]+)["']/gi;
const COMMENT = /<!--[\s\S]*?-->/g;
const NAMED_VALUE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** In the spelling of `new URL(...).origin`, with http and https for ws and wss. */
export function namedOrigins(snapshot: Snapshot): Set<string> {
  const origins = new Set<string>();
  const add = (text: string | undefined) => {
    for (const [, scheme, host, port = ""] of (text ?? "").matchAll(URL_TEXT)) {
      const url = `${scheme.toLowerCase().replace("ws", "http")}://${host}${port}`;
      if (URL.canParse(url)) origins.add(new URL(url).origin);
    }
  };
  for (const { serviceUrl, agent } of snapshot.apis)
    for (const url of [serviceUrl, agent?.cardUrl, agent?.rpcUrl]) add(url);
  for (const { url } of snapshot.backends.values()) add(url);
  for (const { value } of snapshot.namedValues.values()) add(value);
  const brokers = new Set<string>();
  for (const { source } of documents(snapshot)) {
    const text = source.text
      .replace(COMMENT, " ")
      .replace(NAMED_VALUE, (written, name: string) => snapshot.namedValues.get(name)?.value ?? written);
    add(text);
    for (const [, namespace] of text.matchAll(NAMESPACE)) brokers.add(namespace.toLowerCase());
  }
  const { serviceBus } = snapshot.settings;
  if (serviceBus.namespace !== undefined) brokers.add(serviceBus.namespace);
  for (const endpoint of serviceBus.endpoints.values()) brokers.add(endpoint);
  for (const broker of brokers) origins.add(`amqps://${/:\d+$/.test(broker) ? broker : `${broker}:5671`}`);
  add(snapshot.settings.entra.authority);
  for (const url of snapshot.tokenUrls ?? []) add(url);
  return origins;
}

function* documents(snapshot: Snapshot): Iterable<PolicyDocument> {
  const all = [
    snapshot.policy,
    ...snapshot.fragments.values(),
    ...[...snapshot.products.values()].map(({ policy }) => policy),
    ...snapshot.apis.flatMap(({ policy, operations }) => [policy, ...operations.map((o) => o.policy)]),
  ];
  for (const document of all) if (document !== undefined) yield document;
}
