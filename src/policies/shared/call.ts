/** Calls of backends by forward-request and send-request: credentials of a backend entity, redirects, failures as LastError knows them. */
import { Body, BodyTooLarge } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { type Upstream, UpstreamError, type UpstreamRequest, type UpstreamResponse } from "../../http/upstream.ts";
import { type Access, accessOf } from "../../kit/backend-access.ts";
import { branchSignal } from "../../kit/branch.ts";
import type { Backend, Exchange } from "../../kit/exchange.ts";
import type { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import { traced } from "./traced-upstream.ts";

export interface CallOptions {
  readonly timeoutMs: number;
  readonly followRedirects: boolean;
  readonly allowHttp2?: boolean;
  readonly backend: Backend | null;
  /** The call goes on when the caller's connection closes. */
  readonly outlivesCaller?: boolean;
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

const MAX_REDIRECTS = 10;

/** Sends a message to its URL. Throws PolicyFault with reason Timeout, BackendConnectionFailure or ClientConnectionFailure. */
export function call(exchange: Exchange, message: RequestMessage, options: CallOptions): Promise<UpstreamResponse> {
  return callThen(exchange, message, options, (answer) => answer);
}

/** The same, and what to do with the answer at once: nearly every request passes here, with no promise more than it needs. */
export function callThen<T>(
  exchange: Exchange,
  message: RequestMessage,
  options: CallOptions,
  onAnswer: (answer: UpstreamResponse) => T | Promise<T>,
): Promise<T> {
  let request: UpstreamRequest | Promise<UpstreamRequest>;
  try {
    request = toUpstream(exchange, message, options);
  } catch (error) {
    return Promise.reject(error);
  }
  const answer =
    request instanceof Promise
      ? request.then((ready) => send(exchange, ready, options))
      : send(exchange, request, options);
  return answer.then(onAnswer, throwFault);
}

function send(exchange: Exchange, request: UpstreamRequest, options: CallOptions): Promise<UpstreamResponse> {
  const { span, services } = exchange;
  const upstream = span === undefined ? services.upstream : traced(services.upstream, span);
  return options.followRedirects ? followRedirects(upstream, request, options.backend) : upstream.request(request);
}

async function followRedirects(
  upstream: Pick<Upstream, "request">,
  first: UpstreamRequest,
  backend: Backend | null,
): Promise<UpstreamResponse> {
  let request = first;
  let response = await upstream.request(request);
  for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
    const next = redirected(request, response, backend);
    if (next === undefined) break;
    response.body.discard();
    request = next;
    response = await upstream.request(request);
  }
  return response;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Sends a message and reads the whole answer, both within the time-out. */
export async function callForAnswer(
  exchange: Exchange,
  message: RequestMessage,
  options: CallOptions,
  maxBytes: number,
): Promise<{ readonly answer: UpstreamResponse; readonly content: Uint8Array }> {
  const deadline =
    options.timeoutMs > 0 ? AbortSignal.timeout(Math.min(options.timeoutMs, LONGEST_TIMER_MS)) : undefined;
  const signals = [deadline, branchSignal()].filter((signal) => signal !== undefined);
  try {
    const answer = await call(exchange, message, { ...options, signal: AbortSignal.any(signals) });
    return { answer, content: await answer.body.collect(maxBytes) };
  } catch (error) {
    if (deadline?.aborted) throw timedOut(error);
    if (!(error instanceof BodyTooLarge)) throw callFault(error);
    throw new PolicyFault("BodyTooLarge", `The answer is larger than the ${error.limit} bytes a policy may hold.`, {
      cause: error,
    });
  }
}

function toUpstream(
  exchange: Exchange,
  message: RequestMessage,
  options: CallOptions,
): UpstreamRequest | Promise<UpstreamRequest> {
  if (message.body.isSpent) {
    const hint = 'set buffer-request-body="true" on forward-request so that it can be sent again';
    throw new PolicyFault("RequestBodySpent", `The request body was already sent; ${hint}.`);
  }
  const access = accessOf(exchange, message, options.backend);
  if (!(access instanceof Promise)) return upstreamRequest(exchange, message, options, access);
  return access.then((ready) => upstreamRequest(exchange, message, options, ready));
}

function upstreamRequest(
  exchange: Exchange,
  message: RequestMessage,
  options: CallOptions,
  { headers: given, path, tls }: Access,
): UpstreamRequest {
  let headers = given;
  if (message.isBodyConsumed && headers.has("Content-Encoding")) {
    headers = headers.clone();
    headers.remove("Content-Encoding");
  }
  const { origin } = message.url;
  exchange.calledOrigin = origin;
  return {
    method: message.method,
    origin,
    path,
    headers,
    body: message.isBodyConsumed ? Body.none : message.body,
    headersTimeoutMs: options.timeoutMs,
    allowHttp2: options.allowHttp2,
    tls,
    proxy: message.proxy,
    signal: options.signal ?? branchSignal(),
    caller: options.outlivesCaller ? undefined : exchange.incoming,
  };
}

/** Fields that carry credentials by their names, or name the origin. */
const BOUND_TO_ORIGIN =
  /^(cookie2?|host)$|(^|-)(api-?key|key|token|secret|password|auth|authorization|assertion|signature)$/i;

/**
 * The request that a redirect asks for (RFC 9110 section 15.4), or undefined when the answer is none that can be followed: also when it
 * leads from https to http, where everybody could listen.
 */
function redirected(
  request: UpstreamRequest,
  response: UpstreamResponse,
  backend: Backend | null,
): UpstreamRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.first("Location");
  if (location === undefined || !URL.canParse(location, request.origin + request.path)) return undefined;
  const target = new URL(location, request.origin + request.path);
  const isSecure = target.protocol === "https:";
  if (!isSecure && (target.protocol !== "http:" || request.origin.startsWith("https:"))) return undefined;
  const keepsMethod =
    response.status === 307 || response.status === 308 || request.method === "GET" || request.method === "HEAD";
  if (keepsMethod && request.body.isSpent) return undefined;
  const headers = request.headers.clone();
  const isSameOrigin = target.origin === request.origin;
  // Credentials, and exceptions from the checks of TLS, belong to the origin they were given for.
  if (!isSameOrigin) removeBound(headers, backend);
  const tls = isSameOrigin ? request.tls : undefined;
  const base = { ...request, origin: target.origin, path: target.pathname + target.search, headers, tls };
  if (keepsMethod) return base;
  for (const name of ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location"]) headers.remove(name);
  return { ...base, method: "GET", body: Body.none };
}

function removeBound(headers: Headers, backend: Backend | null): void {
  for (const [name] of headers.clone()) if (BOUND_TO_ORIGIN.test(name)) headers.remove(name);
  for (const name of backend?.credentials?.header.keys() ?? []) headers.remove(name);
}

function throwFault(error: unknown): never {
  throw callFault(error);
}

function callFault(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  switch (error.failure) {
    case "timeout":
      return timedOut(error);
    case "aborted":
      return new PolicyFault("ClientConnectionFailure", "The caller closed the connection.", { cause: error });
    case "denied":
      return new PolicyFault("EgressDenied", error.message, { cause: error });
    case "protocol":
      // What a gateway answers where a response is no valid HTTP (RFC 9110 section 15.6.3, RFC 9112 sections 5.2 and 6.3).
      return new PolicyFault("BackendConnectionFailure", error.message, { status: 502, cause: error });
    default:
      return new PolicyFault("BackendConnectionFailure", error.message, { cause: error });
  }
}

function timedOut(cause: unknown): PolicyFault {
  return new PolicyFault("Timeout", "The operation has timed out.", { cause });
}

/** A copy of headers for a second message. */
export function copyHeaders(headers: Headers): Headers {
  return new Headers(headers.raw.slice());
}
