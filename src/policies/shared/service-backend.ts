/** Backend entities that are services of Azure AI: posts JSON to them with their own credentials, or the gateway's identity. */
import { Body } from "../../http/body.ts";
import { Headers } from "../../http/headers.ts";
import { managedIdentityToken } from "../../kit/backend-access.ts";
import type { Backend, Exchange } from "../../kit/exchange.ts";
import { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext } from "../../kit/policy.ts";
import { RequestUrl } from "../../kit/url.ts";
import type { Value } from "../../kit/value.ts";
import { callForAnswer } from "./call.ts";

const RESOURCE = "https://cognitiveservices.azure.com/";
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const CREDENTIAL_HEADERS = ["authorization", "api-key", "x-api-key", "ocp-apim-subscription-key"];

/** Reports a backend that the document names and the configuration does not have. */
export function checkServiceBackend(id: Value<string>, attribute: string, context: CompileContext): void {
  const { constant } = id;
  if (constant === undefined || context.isLoose || context.snapshot.backends.has(constant)) return;
  context.error(`There is no backend "${constant}"`, { attribute, hint: 'Add it to the folder "backends".' });
}

/** Throws PolicyFault when there is none. The first member stands for a pool. */
export function serviceBackend(x: Exchange, id: string): Backend {
  const { backends } = x.snapshot;
  const named = backends.get(id);
  const backend = named?.pool === undefined ? named : backends.get(named.pool.members[0]?.id ?? "");
  if (backend === undefined) throw new PolicyFault("InvalidBackend", `There is no backend "${id}" that could be used.`);
  return backend;
}

/**
 * The JSON of a good answer. Throws PolicyFault for every other, and when none comes in time.
 * @param url the backend's, made whole
 */
export async function postJson(
  x: Exchange,
  backend: Backend,
  url: RequestUrl,
  body: object,
  timeoutMs: number,
): Promise<unknown> {
  const headers = Headers.of([["Content-Type", "application/json"]]);
  const message = new RequestMessage("POST", url, headers, Body.text(JSON.stringify(body)));
  if (usesOwnIdentity(backend)) {
    const token = await managedIdentityToken(x, { resource: RESOURCE, clientId: undefined });
    headers.set("Authorization", `Bearer ${token}`);
  }
  const options = { timeoutMs, followRedirects: false, backend };
  const { answer, content } = await callForAnswer(x, message, options, MAX_ANSWER_BYTES);
  if (answer.status !== 200)
    throw new PolicyFault("ServiceFailure", `The backend "${backend.id}" answered ${answer.status}.`);
  try {
    return JSON.parse(Buffer.from(content).toString("utf8"));
  } catch (cause) {
    throw new PolicyFault("ServiceFailure", `The backend "${backend.id}" answered no JSON.`, { cause });
  }
}

/** The identity is shown where the entity brings no credentials, and never in the clear. */
function usesOwnIdentity({ credentials, url }: Backend): boolean {
  if (!url.startsWith("https:")) return false;
  if (credentials === undefined) return true;
  const { authorization, managedIdentity, certificateIds, certificateThumbprints = [], header } = credentials;
  const hasHeader = [...header.keys()].some((name) => CREDENTIAL_HEADERS.includes(name.toLowerCase()));
  const hasCertificate = certificateIds.length + certificateThumbprints.length > 0;
  return authorization === undefined && managedIdentity === undefined && !hasCertificate && !hasHeader;
}

/** The backend's URL with a path put behind it, and a version where the entity names none. */
export function serviceUrl(backend: Backend, path: string, version?: string): RequestUrl {
  const url = RequestUrl.parse(backend.url);
  const base = url.path.replace(/\/+$/, "");
  url.path = base.toLowerCase().endsWith(path.toLowerCase()) ? base : base + path;
  const names = [...(backend.credentials?.query.keys() ?? [])].map((name) => name.toLowerCase());
  if (version !== undefined && !names.includes("api-version") && url.parameter("api-version").length === 0)
    url.setParameter("api-version", [version]);
  return url;
}
