/** Errors of undici, sockets and TLS in the few words the gateway needs. Messages name the origin, never addresses or secrets. */
import { UpstreamError, type UpstreamFailure } from "./upstream.ts";

const BY_CODE = new Map<string, UpstreamFailure>([
  ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ["UND_ERR_BODY_TIMEOUT", "timeout"],
  ["UND_ERR_CONNECT_TIMEOUT", "connect"],
  ["ECONNREFUSED", "connect"],
  ["ENOTFOUND", "connect"],
  ["EAI_AGAIN", "connect"],
  ["EHOSTUNREACH", "connect"],
  ["ENETUNREACH", "connect"],
  ["EADDRNOTAVAIL", "connect"],
  ["ETIMEDOUT", "connect"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["UND_ERR_SOCKET", "reset"],
  ["UND_ERR_HEADERS_OVERFLOW", "protocol"],
  ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "protocol"],
  ["UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "unsendable"],
  ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "protocol"],
  ["UND_ERR_INVALID_ARG", "unsendable"],
  ["UND_ERR_NOT_SUPPORTED", "unsendable"],
  // What undici takes for impossible, such as 101 without Upgrade.
  ["ERR_ASSERTION", "protocol"],
  ["UND_ERR_ABORTED", "aborted"],
  ["ABORT_ERR", "aborted"],
]);

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/;

const SENTENCE: Record<UpstreamFailure, string> = {
  timeout: "did not answer in time",
  connect: "could not be reached",
  reset: "closed the connection before the response was complete",
  protocol: "sent a response that is not valid HTTP",
  unsendable: "cannot be sent such a request: it is not valid HTTP",
  tls: "could not be trusted",
  aborted: "was no longer needed: the request was aborted",
  denied: "may not be called",
};

/** Why a backend could not be reached: what to look at first differs. */
const UNREACHED = new Map<string, string>([
  ["ECONNREFUSED", "nothing accepts connections at its port"],
  ["ENOTFOUND", "its name is not known"],
  ["EAI_AGAIN", "its name could not be resolved for now"],
  ["EHOSTUNREACH", "no route leads to it"],
  ["ENETUNREACH", "no route leads to it"],
  ["EADDRNOTAVAIL", "the address to call from is not to be had"],
  ["ETIMEDOUT", "no connection came about in time"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection came about in time"],
]);

/** Why a backend is not trusted, by OpenSSL's names as Node gives them. */
const DISTRUST = new Map<string, string>([
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["CERT_NOT_YET_VALID", "its certificate is not valid yet"],
  ["CERT_REVOKED", "its certificate was revoked"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for other names"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is signed by nobody but itself"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "its certificate comes from an authority that is not trusted"],
  ["UNABLE_TO_GET_ISSUER_CERT", "its certificate comes from an authority that is not known"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "its certificate comes from an authority that is not known"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "its certificate comes from an authority that is not known"],
]);

export function upstreamError(origin: string, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const failure = failureOf(error);
  return new UpstreamError(failure, `The backend ${origin} ${SENTENCE[failure]}${reasonOf(failure, error)}.`, error);
}

function reasonOf(failure: UpstreamFailure, error: unknown): string {
  if (failure === "tls") return `: ${DISTRUST.get(codeOf(error)) ?? "the TLS handshake failed"}`;
  const unreached = failure === "connect" ? UNREACHED.get(codeOf(error)) : undefined;
  return unreached === undefined ? "" : `: ${unreached}`;
}

/** Several addresses were tried in turn: they failed alike often enough that the first speaks for all. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

function failureOf(error: unknown): UpstreamFailure {
  if (isUndicisRefusal(error)) return "protocol";
  const code = codeOf(error);
  if (code === "") return "reset";
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  return TLS_CODE.test(code) ? "tls" : "reset";
}

/** undici's parser gives its errors a name and seldom a code; responses that it refuses elsewhere it calls bad. */
function isUndicisRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "HTTPParserError" || /^bad (response|upgrade)$/.test(error.message);
}
