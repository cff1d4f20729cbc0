/** Calls of backends by forward-request and send-request: credentials of a backend entity, redirects, failures as LastError knows them. */
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { UpstreamError, type UpstreamRequest, type UpstreamResponse, type UpstreamTls } from "../../http/upstream.ts";
import type { Backend, Exchange } from "../../kit/exchange.ts";
import type { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";

export interface CallOptions {
  readonly timeoutMs: number;
  readonly followRedirects: boolean;
  readonly allowHttp2?: boolean;
  readonly backend: Backend | null;
  /** The call goes on when the caller's connection closes. */
  readonly outlivesCaller?: boolean;
}

const MAX_REDIRECTS = 10;

/** Sends a message to its URL. Throws PolicyFault with reason Timeout, BackendConnectionFailure or ClientConnectionFailure. */
export async function call(
  exchange: Exchange,
  message: RequestMessage,
  options: CallOptions,
): Promise<UpstreamResponse> {
  let request = toUpstream(exchange, message, options);
  try {
    let response = await exchange.services.upstream.request(request);
    for (let hops = 0; options.followRedirects && hops < MAX_REDIRECTS; hops++) {
      const next = redirected(request, response);
      if (next === undefined) break;
      response.body.discard();
      request = next;
      response = await exchange.services.upstream.request(request);
    }
    return response;
  } catch (error) {
    throw callFault(error);
  }
}

function toUpstream(exchange: Exchange, message: RequestMessage, options: CallOptions): UpstreamRequest {
  const { url, headers } = message;
  const { backend } = options;
  let path = url.pathAndQuery;
  if (backend?.credentials !== undefined) {
    for (const [name, values] of backend.credentials.header) {
      headers.remove(name);
      for (const value of values) headers.append(name, value);
    }
    const { authorization } = backend.credentials;
    if (authorization) headers.set("Authorization", `${authorization.scheme} ${authorization.parameter}`);
    path = withQuery(path, backend.credentials.query);
  }
  if (message.body.isSpent) {
    const hint = 'set buffer-request-body="true" on forward-request so that it can be sent again';
    throw new PolicyFault("RequestBodySpent", `The request body was already sent; ${hint}.`);
  }
  return {
    method: message.method,
    origin: url.origin,
    path,
    headers,
    body: message.isBodyConsumed ? Body.none : message.body,
    headersTimeoutMs: options.timeoutMs,
    allowHttp2: options.allowHttp2,
    tls: tlsOf(backend),
    caller: options.outlivesCaller ? undefined : exchange.incoming,
  };
}

function tlsOf(backend: Backend | null): UpstreamTls | undefined {
  if (backend === null || (backend.validateCertificateChain && backend.validateCertificateName)) return undefined;
  return { validateChain: backend.validateCertificateChain, validateName: backend.validateCertificateName };
}

function withQuery(path: string, query: ReadonlyMap<string, readonly string[]>): string {
  const added = [...query].flatMap(([name, values]) =>
    values.map((v) => `${encodeURIComponent(name)}=${encodeURIComponent(v)}`),
  );
  return added.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${added.join("&")}`;
}

/** The request that a redirect asks for (RFC 9110 section 15.4), or undefined when the answer is none that can be followed. */
function redirected(request: UpstreamRequest, response: UpstreamResponse): UpstreamRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.first("Location");
  if (location === undefined || !URL.canParse(location, request.origin + request.path)) return undefined;
  const target = new URL(location, request.origin + request.path);
  if (target.protocol !== "http:" && target.protocol !== "https:") return undefined;
  const keepsMethod =
    response.status === 307 || response.status === 308 || request.method === "GET" || request.method === "HEAD";
  if (keepsMethod && request.body.isSpent) return undefined;
  const headers = request.headers.clone();
  // Credentials belong to the origin they were given for.
  if (target.origin !== request.origin) for (const name of ["Authorization", "Cookie", "Host"]) headers.remove(name);
  const base = { ...request, origin: target.origin, path: target.pathname + target.search, headers };
  return keepsMethod ? base : { ...base, method: "GET", body: Body.none };
}

function callFault(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  switch (error.failure) {
    case "timeout":
      return new PolicyFault("Timeout", "The operation has timed out.", { cause: error });
    case "aborted":
      return new PolicyFault("ClientConnectionFailure", "The caller closed the connection.", { cause: error });
    default:
      return new PolicyFault("BackendConnectionFailure", `The backend could not be reached: ${error.message}`, {
        cause: error,
      });
  }
}

/** A copy of headers for a second message. */
export function copyHeaders(headers: Headers): Headers {
  return new Headers(headers.raw.slice());
}
