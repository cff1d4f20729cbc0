/**
 * How refusals and faults become context.LastError and the default answer, in one place.
 * https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies
 */
import { CsException, FuelExhausted } from "../csharp/runtime/values.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { UpstreamError, type UpstreamFailure } from "../http/upstream.ts";
import { errorBody } from "../kit/error-body.ts";
import type { Exchange, LastError, StepPlace } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { PolicyFault, type Refusal } from "../kit/outcome.ts";

export interface Failure {
  readonly lastError: LastError;
  /** The answer unless on-error makes another. */
  readonly response: ResponseMessage;
}

/** Where refusals and faults arose: `exchange.place` may have moved on when branches run side by side. */
const places = new WeakMap<object, StepPlace>();

/** Notes where a refusal or fault arose, unless that is known already: the innermost step comes first. Returns what it was given. */
export function failedAt<T>(failure: T, place: StepPlace): T {
  if (typeof failure === "object" && failure !== null && !places.has(failure)) places.set(failure, place);
  return failure;
}

function errorResponse(
  exchange: Exchange,
  status: number,
  message: string,
  reason: string,
  headers: Headers = new Headers(),
): ResponseMessage {
  headers.set("Content-Type", "application/json");
  return new ResponseMessage(status, "", headers, Body.text(errorBody(exchange, status, message, reason)));
}

function refusalResponse(exchange: Exchange, refusal: Refusal): ResponseMessage {
  const { status, reason, publicMessage, headers, body } = refusal;
  const response = errorResponse(exchange, status, publicMessage, reason, headers?.clone());
  if (body !== undefined) response.body = Body.text(body);
  return response;
}

export function refusalFailure(exchange: Exchange, refusal: Refusal): Failure {
  const lastError = describe(exchange, refusal, refusal.source, refusal.reason, refusal.message);
  if (refusal.detail !== undefined) lastError.detail = refusal.detail;
  const kept = refusal.keepsResponse ? exchange.response : null;
  return {
    lastError,
    response: kept ?? refusalResponse(exchange, refusal),
  };
}

/** What callers learn of a fault: never its text, which may quote configuration or data. */
const INTERNAL = "Internal server error";

const UPSTREAM_REASONS: ReadonlyMap<UpstreamFailure, string> = new Map([
  ["timeout", "Timeout"],
  ["aborted", "ClientConnectionFailure"],
  ["denied", "EgressDenied"],
]);

export function faultFailure(exchange: Exchange, error: unknown): Failure {
  if (error instanceof CsException) return expressionFailure(exchange, error);
  if (error instanceof FuelExhausted) return expressionFailure(exchange, error);
  if (error instanceof PolicyFault) {
    const message = error.status < 500 ? error.message : INTERNAL;
    return {
      lastError: describe(exchange, error, error.source, error.reason, error.message),
      response: errorResponse(exchange, error.status, message, error.reason),
    };
  }
  if (error instanceof UpstreamError) {
    const reason = UPSTREAM_REASONS.get(error.failure) ?? "BackendConnectionFailure";
    return {
      lastError: describe(exchange, error, undefined, reason, error.message),
      response: errorResponse(exchange, error.failure === "protocol" ? 502 : 500, INTERNAL, reason),
    };
  }
  const place = placeOf(exchange, error);
  exchange.services.log.error("A policy failed unexpectedly", {
    correlationId: exchange.id,
    policy: place?.policy,
    file: place?.file,
    line: place?.line,
    error: error instanceof Error ? error.message : String(error),
  });
  return {
    lastError: describe(exchange, error, undefined, "InternalError", INTERNAL),
    response: errorResponse(exchange, 500, INTERNAL, "InternalError"),
  };
}

function expressionFailure(exchange: Exchange, error: CsException | FuelExhausted): Failure {
  const text = `Expression evaluation failed. ${error.message}`;
  return {
    lastError: describe(exchange, error, undefined, "ExpressionValueEvaluationFailure", text),
    response: errorResponse(exchange, 500, INTERNAL, "InternalError"),
  };
}

function placeOf(exchange: Exchange, failure: unknown): StepPlace | null {
  return (typeof failure === "object" && failure !== null && places.get(failure)) || exchange.place;
}

function describe(
  exchange: Exchange,
  failure: unknown,
  source: string | undefined,
  reason: string,
  message: string,
): LastError {
  const place = placeOf(exchange, failure);
  return {
    source: source ?? place?.policy ?? "",
    reason,
    message,
    scope: place?.scope ?? "",
    section: place?.section ?? exchange.section,
    path: place?.path ?? "",
    policyId: place?.id ?? "",
  };
}
