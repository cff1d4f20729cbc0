/**
 * An operation's answer as the result of a tool: texts as text, pictures and sound as such, other bytes as a resource. An answer that
 * says it failed is an error result, which the model sees and may act on.
 * https://modelcontextprotocol.io/specification/2025-06-18/server/tools#tool-result
 */

export interface OperationAnswer {
  readonly status: number;
  readonly reason: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Types that are text although they do not begin with `text/`. */
const TEXT = /^text\/|[/+](json|xml|yaml|javascript|x-ndjson|x-www-form-urlencoded)\b/i;

/** JSON of a CallToolResult. */
export function resultOf({ status, reason, contentType, body }: OperationAnswer): string {
  const isError = status >= 400;
  const content = body.length === 0 ? [] : [contentOf(contentType, body)];
  if (isError || content.length === 0) content.unshift({ type: "text", text: `HTTP ${status} ${reason}`.trimEnd() });
  return JSON.stringify({ content, isError });
}

/** JSON of a result that says why the call was not made, or what became of it. */
export function errorResult(text: string): string {
  return JSON.stringify({ content: [{ type: "text", text }], isError: true });
}

function contentOf(contentType: string, body: Uint8Array): Record<string, unknown> {
  const mimeType = contentType.split(";", 1)[0].trim().toLowerCase();
  if (mimeType === "" || TEXT.test(mimeType)) return { type: "text", text: new TextDecoder().decode(body) };
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64");
  if (/^image\//.test(mimeType)) return { type: "image", data, mimeType };
  if (/^audio\//.test(mimeType)) return { type: "audio", data, mimeType };
  return { type: "resource", resource: { uri: "tool:answer", mimeType, blob: data } };
}
