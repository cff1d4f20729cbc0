/**
 * How refusals and faults become context.LastError and the default answer, in one place.
 * https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies
 */
import { CsException, FuelExhausted } from "../csharp/runtime/values.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { UpstreamError } from "../http/upstream.ts";
import type { Exchange, LastError } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { PolicyFault, Refusal } from "../kit/outcome.ts";

export interface Failure {
  readonly lastError: LastError;
  /** The answer unless on-error makes another. */
  readonly response: ResponseMessage;
}

/** Default error answer: `{ "statusCode": n, "message": "..." }`. */
export function errorResponse(status: number, message: string, headers: Headers = new Headers()): ResponseMessage {
  headers.set("Content-Type", "application/json");
  const body = `{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`;
  return new ResponseMessage(status, "", headers, Body.text(body));
}

export function refusalFailure(exchange: Exchange, refusal: Refusal): Failure {
  const lastError = describe(exchange, refusal.source, refusal.reason, refusal.message);
  const kept = refusal.keepsResponse ? exchange.response : null;
  return {
    lastError,
    response: kept ?? errorResponse(refusal.status, refusal.publicMessage, refusal.headers?.clone()),
  };
}

/** What callers learn of a fault: never its text, which may quote configuration or data. */
const INTERNAL = "Internal server error";

export function faultFailure(exchange: Exchange, error: unknown): Failure {
  if (error instanceof CsException) return expressionFailure(exchange, error.message);
  if (error instanceof FuelExhausted) return expressionFailure(exchange, error.message);
  if (error instanceof PolicyFault) {
    const message = error.status < 500 ? error.message : INTERNAL;
    return {
      lastError: describe(exchange, error.source, error.reason, error.message),
      response: errorResponse(error.status, message),
    };
  }
  if (error instanceof UpstreamError) {
    const reason =
      error.failure === "timeout"
        ? "Timeout"
        : error.failure === "aborted"
          ? "ClientConnectionFailure"
          : "BackendConnectionFailure";
    return { lastError: describe(exchange, undefined, reason, error.message), response: errorResponse(500, INTERNAL) };
  }
  exchange.services.log.error("A policy failed unexpectedly", {
    correlationId: exchange.id,
    policy: exchange.place?.policy,
    file: exchange.place?.file,
    line: exchange.place?.line,
    error: error instanceof Error ? error.message : String(error),
  });
  return {
    lastError: describe(exchange, undefined, "InternalError", INTERNAL),
    response: errorResponse(500, INTERNAL),
  };
}

function expressionFailure(exchange: Exchange, message: string): Failure {
  const text = `Expression evaluation failed. ${message}`;
  return {
    lastError: describe(exchange, undefined, "ExpressionValueEvaluationFailure", text),
    response: errorResponse(500, INTERNAL),
  };
}

function describe(exchange: Exchange, source: string | undefined, reason: string, message: string): LastError {
  const place = exchange.place;
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
