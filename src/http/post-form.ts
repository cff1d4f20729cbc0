/** Posts a form through the upstream client, so that the rules of outgoing calls hold for it too. */
import { Body } from "./body.ts";
import { Headers } from "./headers.ts";
import type { Upstream } from "./upstream.ts";

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 256 * 1024;

/** Rejects with UpstreamError, or when the answer is too long. Redirects are not followed. */
export async function postForm(
  upstream: Upstream,
  address: string,
  headers: readonly (readonly [string, string])[],
  form: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(address);
  const response = await upstream.request({
    method: "POST",
    origin: url.origin,
    path: url.pathname + url.search,
    headers: Headers.of(headers),
    body: Body.text(form),
    headersTimeoutMs: TIMEOUT_MS,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = new TextDecoder().decode(await response.body.collect(MAX_BYTES));
  return { status: response.status, text };
}
