/** Which header fields carry credentials by their names: their values are shown in no log, trace or error. */
const KNOWN = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "apikey", "x-apikey"]);
/** As in `api-key`, `Ocp-Apim-Subscription-Key`, `x-functions-key`, `X-Auth-Token`, `x-client-secret`, `X-Hub-Signature`. */
const WORDS = /(?:^|[-_])(?:key|token|secret|password|signature|credential|assertion)s?(?:$|[-_])/;

export function carriesCredential(name: string): boolean {
  const lower = name.toLowerCase();
  return KNOWN.has(lower) || WORDS.test(lower);
}
