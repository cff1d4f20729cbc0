/**
 * Streams of OpenAI's chat completions and completions tell their usage only when asked (`stream_options.include_usage`): asks in the name
 * of the gateway, and says where that is understood.
 */

/** The first version of Azure OpenAI's API that knows stream_options. */
const FIRST_AZURE_VERSION = "2024-09-01";
const OPEN_BRACE = 0x7b;

/** Whether a stream at this URL tells its usage when it is asked. @param version `api-version` of the query */
export function canTellUsage(path: string, version: string | undefined): boolean {
  if (!path.endsWith("/completions")) return false;
  const isDated = version !== undefined && /^\d{4}-\d{2}-\d{2}/.test(version);
  return !isDated || version.slice(0, 10) >= FIRST_AZURE_VERSION;
}

/**
 * The body that asks, with every other byte as it was unless options are there already.
 * @param includesUsage what the body says of it; undefined: it has no stream_options
 */
export function askingForUsage(body: Uint8Array, includesUsage: boolean | undefined): Uint8Array {
  if (includesUsage === undefined) {
    const at = body.indexOf(OPEN_BRACE) + 1;
    const asking = Buffer.from('"stream_options":{"include_usage":true},');
    return Buffer.concat([body.subarray(0, at), asking, body.subarray(at)]);
  }
  const parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8"));
  const asking = { ...parsed, stream_options: { ...parsed.stream_options, include_usage: true } };
  return Buffer.from(JSON.stringify(asking));
}
