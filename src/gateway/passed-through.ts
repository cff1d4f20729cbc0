/**
 * MCP servers and A2A agents that stand behind the gateway: what they say flows through as it is. Only what names their own address is
 * rewritten: an agent's card, and the event by which a stream says where messages go.
 */
import { Body, type BodySource } from "../http/body.ts";
import type { Exchange } from "../kit/exchange.ts";
import { type Outcome, PolicyFault, Refusal } from "../kit/outcome.ts";
import { gatewayCard } from "../mcp/agent-card.ts";
import type { A2aAgent, McpServer } from "../resources/agent-protocols.ts";
import type { Part } from "./agent-operations.ts";

const MAX_CARD_BYTES = 1024 ** 2;
/** Before the first event has to end. */
const MAX_FIRST_EVENT_BYTES = 8 * 1024;

/** Points a request to the server. The caller's token was issued for the gateway and stays there. */
export function toServer(x: Exchange, part: Part, { endpoints, backendId, settings }: McpServer): Outcome {
  x.request.withholdsCallersAuthorization = !settings.forwardAuthorization;
  if (backendId !== undefined) useBackend(x, backendId);
  const { query } = x.request.url;
  if (part === "sse" || part === "sse-message") {
    if (part === "sse") x.beforeResponse(rewriteEndpoint);
    return undefined;
  }
  x.rewrite(endpoints?.message ?? "", query);
  return undefined;
}

function useBackend(x: Exchange, id: string): void {
  const backend = x.snapshot.backends.get(id);
  // The first member stands for its pool until forward-request has chosen one.
  const url = backend?.pool === undefined ? backend?.url : x.snapshot.backends.get(backend.pool.members[0]?.id)?.url;
  if (backend === undefined || url === undefined)
    throw new PolicyFault("InvalidBackend", `There is no backend "${id}" that could be used.`);
  x.setBackend(url, backend);
}

/** Points a request to the agent, or to its card. */
export function toAgent(x: Exchange, part: Part, agent: A2aAgent): Outcome {
  const { request } = x;
  request.withholdsCallersAuthorization = !agent.settings.forwardAuthorization;
  const { query } = request.url;
  if (part === "card") {
    x.setBackend(agent.cardUrl, null);
    // What is rewritten must be whole, readable and new.
    for (const name of ["Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range"]) request.headers.remove(name);
    x.beforeResponse((exchange) => rewriteCard(exchange, agent));
  } else {
    const type = request.headers.first("Content-Type") ?? "";
    if (!/^application\/json\s*(;|$)/i.test(type))
      return new Refusal(415, "UnsupportedMediaType", "Agents are spoken to in JSON-RPC: application/json.");
    x.setBackend(agent.rpcUrl, null);
  }
  x.rewrite("", query);
  return undefined;
}

async function rewriteCard(x: Exchange, { rpcPath }: A2aAgent): Promise<void> {
  const { response } = x;
  if (response === null || response.status !== 200) return;
  const bytes = await response.body.collect(MAX_CARD_BYTES);
  const { api, apiPath } = x.route;
  const card = gatewayCard(new TextDecoder().decode(bytes), {
    url: `${x.originalUrl.origin}${apiPath}${rpcPath === "/" ? "" : rpcPath}`,
    keyHeader: api.subscriptionRequired ? api.subscriptionKeyHeader : undefined,
  });
  if (card === undefined)
    throw new PolicyFault("InvalidResponse", "The agent's card is no JSON object.", { status: 502 });
  for (const name of ["ETag", "Last-Modified", "Content-Digest"]) response.headers.remove(name);
  response.setBody(Body.text(card));
}

/** The stream's first event names a path at the server: callers need the gateway's. */
function rewriteEndpoint(x: Exchange): void {
  const { response, backendUrl } = x;
  if (response?.status !== 200 || backendUrl === null) return;
  if (!/^text\/event-stream\b/i.test(response.headers.first("Content-Type") ?? "")) return;
  const base = new URL(backendUrl);
  const basePath = base.pathname.replace(/\/+$/, "");
  response.body = withFirstEvent(response.body, (event) =>
    event.replace(/^(data: ?)(\S+)/m, (line, field: string, address: string) => {
      if (!/^event: ?endpoint\r?$/m.test(event) || !URL.canParse(address, base.href)) return line;
      const url = new URL(address, base);
      if (url.origin !== base.origin || !url.pathname.startsWith(`${basePath}/`)) return line;
      return `${field}${x.route.apiPath}${url.pathname.slice(basePath.length)}${url.search}`;
    }),
  );
}

/** The same stream, the first event changed; all after it as it comes. */
function withFirstEvent(body: Body, change: (event: string) => string): Body {
  let source: BodySource | undefined;
  let held: Buffer | undefined = Buffer.alloc(0);
  return Body.stream({
    start: (sink) => {
      source = body.pipe({
        chunk: (data) => {
          if (held === undefined) return sink.chunk(data);
          held = Buffer.concat([held, data]);
          const end = /\r?\n\r?\n/.exec(held.toString("latin1"));
          if (end === null && held.length < MAX_FIRST_EVENT_BYTES) return true;
          const size = end === null ? 0 : end.index + end[0].length;
          const first = Buffer.from(change(held.subarray(0, size).toString("utf8")), "utf8");
          const all = Buffer.concat([first, held.subarray(size)]);
          held = undefined;
          return sink.chunk(all);
        },
        end: () => {
          if (held !== undefined && held.length > 0) sink.chunk(held);
          sink.end();
        },
        error: (error) => sink.error(error),
      });
    },
    resume: () => source?.resume(),
    cancel: (reason) => {
      if (source === undefined) body.discard(reason);
      else source.cancel(reason);
    },
  });
}
