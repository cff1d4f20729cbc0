/**
 * Runs an operation as a tool: the request that the arguments make goes down the whole plan of its API, as if it had come from outside.
 * Callers come in by the MCP server: its key, product and policies have let them in.
 */
import { createExchange, type ExchangeState } from "../engine/exchange.ts";
import type { Program } from "../engine/program.ts";
import { runPlan } from "../engine/run.ts";
import { Body, BodyTooLarge } from "../http/body.ts";
import type { IncomingRequest } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import { RequestUrl } from "../kit/url.ts";
import type { ToolCall } from "../mcp/tool-server.ts";
import { ArgumentError, type ToolRequest, toolRequest } from "../mcp/tool-request.ts";
import { errorResult, resultOf } from "../mcp/tool-result.ts";
import type { McpSettings } from "../resources/agent-protocols.ts";
import type { Api, Operation } from "../resources/snapshot.ts";
import { canonicalPath } from "./canonical-path.ts";
import { DROP, headerKind } from "./header-kinds.ts";
import { watchedPlan } from "./model-watch.ts";
import { pathsOf, type RouteMatch, type Router } from "./router.ts";
import { type Answerer, Visit, type Watchers } from "./visit.ts";

/** What a call needs of the configuration in force. */
export interface ToolRunner {
  readonly program: Program;
  readonly router: Router;
  readonly modelApis: ReadonlySet<string>;
  /** A call is logged and counted as a request of its own, under the id of the message that asked for it. */
  readonly watchers: Watchers;
}

/** A call is answered by its result. */
const NOBODY: Answerer = { send: () => {} };

/** Of the message that carried the call, not of the operation's request. */
const NOT_PASSED_ON =
  /^(content-.*|accept|accept-encoding|mcp-.*|last-event-id|origin|referer|cookie|if-.*|range|sec-.*)$/i;

/** JSON of the tool's result. Rejects only when the gateway itself fails. */
export async function callTool(
  outer: ExchangeState,
  { tool, arguments: given }: ToolCall,
  runner: ToolRunner,
  settings: McpSettings,
): Promise<string> {
  const { snapshot } = runner.program;
  const api = snapshot.apis.find((known) => known.id === tool.api && known.isCurrent);
  const operation = api?.operations.find((known) => known.id === tool.operation);
  if (api === undefined || operation === undefined) return errorResult("The tool's operation is not served.");
  let request: ToolRequest;
  try {
    request = toolRequest(tool, operation.urlTemplate, given);
  } catch (error) {
    if (error instanceof ArgumentError) return errorResult(error.message);
    throw error;
  }
  const target = targetOf(outer, api, operation, request, runner);
  // Arguments must not lead to another operation than the one that was offered.
  if (target === undefined || target.route.operation !== operation)
    return errorResult("The arguments make no path of this operation.");
  const inner = exchangeOf(outer, target, request, settings);
  const visit = new Visit(inner.incoming, NOBODY, outer.clock, runner.watchers, outer.id);
  visit.clientAddress = outer.clientAddress;
  visit.url = target.url;
  visit.exchange = inner;
  const { models } = runner.watchers;
  const plan = watchedPlan(visit, models, runner.program.plan(api, operation, null), runner.modelApis.has(api.id));
  await runPlan(inner, plan);
  return finished(inner, visit, settings.maxResponseBytes);
}

interface Target {
  readonly url: RequestUrl;
  readonly route: RouteMatch;
}

function targetOf(
  outer: ExchangeState,
  api: Api,
  { method }: Operation,
  request: ToolRequest,
  { program, router }: ToolRunner,
): Target | undefined {
  const set = api.versionSetId === undefined ? undefined : program.snapshot.versionSets.get(api.versionSetId);
  const base = pathsOf(api, set)[0];
  const apiPath = base === "" ? "" : `/${base}`;
  const path = canonicalPath(apiPath + request.path);
  if (path === undefined) return undefined;
  const { scheme, host, port } = outer.originalUrl;
  const url = new RequestUrl(scheme, host, port, path, request.query);
  const operationPath = path.length === apiPath.length ? "/" : path.slice(apiPath.length);
  const route = router.operation({ api, apiPath, operationPath }, method, url);
  return route && { url, route };
}

function exchangeOf(
  outer: ExchangeState,
  { url, route }: Target,
  request: ToolRequest,
  settings: McpSettings,
): ExchangeState {
  const { incoming } = outer;
  const headers = new Headers([...outer.request.headers].filter(([name]) => !NOT_PASSED_ON.test(name)).flat());
  for (const [name, value] of request.headers) if (headerKind(name) !== DROP) headers.set(name, value);
  if (request.body !== undefined) headers.set("Content-Type", request.body.contentType);
  const { method } = route.operation;
  const call: IncomingRequest = {
    method,
    target: url.pathAndQuery,
    httpVersion: incoming.httpVersion,
    headers,
    body: request.body === undefined ? Body.none : Body.text(request.body.text),
    remoteAddress: incoming.remoteAddress,
    remotePort: incoming.remotePort,
    tls: incoming.tls,
    listener: incoming.listener,
    onAbort: (listener) => incoming.onAbort(listener),
  };
  const { product, subscription, subscriptionKey, user } = outer.route;
  const inner = createExchange({
    id: outer.id,
    snapshot: outer.snapshot,
    services: outer.services,
    receivedAt: outer.receivedAt,
    startedAt: outer.startedAt,
    incoming: call,
    clientAddress: outer.clientAddress,
    url,
    method,
    headers,
    route: { ...route, product, subscription, subscriptionKey, user },
    trace: outer.trace,
  });
  inner.span = outer.span;
  inner.request.carriesCallersAuthorization = outer.request.carriesCallersAuthorization;
  inner.request.withholdsCallersAuthorization = !settings.forwardAuthorization;
  return inner;
}

async function finished(inner: ExchangeState, visit: Visit, maxBytes: number): Promise<string> {
  const { response } = inner;
  let failed: Error | undefined;
  try {
    if (response === null) return errorResult("The operation gave no answer.");
    const { status, reason, headers } = response;
    const coding = headers.first("Content-Encoding");
    if (coding !== undefined && coding.toLowerCase() !== "identity") {
      response.body.discard();
      return errorResult(`HTTP ${status}: the answer is compressed although nobody asked for that.`);
    }
    const body = response.isBodyConsumed ? new Uint8Array(0) : await readWithin(response.body, maxBytes);
    inner.transferredBytes = body.length;
    return resultOf({ status, reason, contentType: headers.first("Content-Type") ?? "", body });
  } catch (error) {
    if (error instanceof BodyTooLarge) return errorResult(`The answer is larger than ${maxBytes} bytes.`);
    failed = error as Error;
    return errorResult("The answer broke off.");
  } finally {
    await inner.finish();
    visit.done(response?.status ?? 500, inner.transferredBytes, failed);
  }
}

/** Reads a body, also one that is in memory already. Rejects with BodyTooLarge. */
export async function readWithin(body: Body, maxBytes: number): Promise<Uint8Array> {
  const bytes = await body.collect(maxBytes);
  if (bytes.length > maxBytes) throw new BodyTooLarge(maxBytes);
  return bytes;
}
