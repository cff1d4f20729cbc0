/** Errors of models as the providers' own clients understand them. */

type Json = Readonly<Record<string, unknown>>;

export interface ErrorFacts {
  readonly param?: string | null;
  readonly code?: string | null;
}

/** Words of OpenAI's for a status (https://platform.openai.com/docs/guides/error-codes). */
function openAiType(status: number): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "server_error" : "invalid_request_error";
  }
}

export function openAiError(status: number, message: string, { param = null, code = null }: ErrorFacts = {}): Json {
  return { error: { message, type: openAiType(status), param, code } };
}

/** https://docs.anthropic.com/en/api/errors */
function anthropicError(status: number, message: string): Json {
  const type =
    { 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large" }[
      status
    ] ?? (status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error");
  return { type: "error", error: { type, message } };
}

/** https://cloud.google.com/apis/design/errors */
function geminiError(status: number, message: string): Json {
  const words: Readonly<Record<number, string>> = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
  };
  return { error: { code: status, message, status: words[status] ?? "INVALID_ARGUMENT" } };
}

/** An error for callers of a path: in the shape of the provider whose path it is, OpenAI's where none is known. */
export function errorFor(path: string, status: number, message: string, facts?: ErrorFacts): Json {
  if (/\/messages(?:\/count_tokens)?$|\/publishers\/anthropic\/models\/[^/]+$/.test(path))
    return anthropicError(status, message);
  if (/:(?:streamGenerateContent|generateContent|(?:batch)?[eE]mbedContents?|countTokens|predict)$/.test(path))
    return geminiError(status, message);
  if (/\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$/.test(path)) return { message };
  return openAiError(status, message, facts);
}
