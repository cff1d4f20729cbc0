/** The JSON body of an answer by which the gateway refuses or fails. */
import { errorFor } from "../base/model-errors.ts";
import type { Exchange } from "./exchange.ts";

/** What the gateway's reasons are called by those who know OpenAI's errors. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["RateLimitExceeded", "rate_limit_exceeded"],
  ["TokenLimitExceeded", "rate_limit_exceeded"],
  ["QuotaExceeded", "insufficient_quota"],
  ["TokenQuotaExceeded", "insufficient_quota"],
]);

/** As Azure API Management writes it, or as clients of the API's model expect it (`ai.providerErrors`). @param reason of LastError */
export function errorBody(x: Exchange, status: number, message: string, reason: string): string {
  if (!x.snapshot.settings.ai.providerErrors.has(x.route.api.id))
    return `{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`;
  return JSON.stringify(errorFor(x.originalUrl.path, status, message, { code: CODES.get(reason) ?? null }));
}
