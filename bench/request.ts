/** The request all proxies of a benchmark are sent: the same bytes for each, credentials included. */
import { createHmac } from "node:crypto";

export const KEY = "bench-subscription-key-0123456789";
export const TOKEN_SECRET = Buffer.alloc(32, "bench secret of 32 bytes ");

export function token(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "https://issuer.example",
    aud: "bench",
    sub: "caller",
    exp: Math.floor(Date.now() / 1000) + 86_400,
    scp: "read write",
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", TOKEN_SECRET).update(signed).digest("base64url")}`;
}

/**
 * @param item which answer the backend shall give: `42`, `large` or `stream`
 * @param bodyBytes 0: a GET; else a POST with that many bytes of JSON
 */
export function requestText(item: string, bodyBytes: number): string {
  const head = [
    `${bodyBytes === 0 ? "GET" : "POST"} /shop/items/${item}?view=full HTTP/1.1`,
    "Host: api.example",
    "User-Agent: sallyport-bench/1",
    "Accept: application/json",
    "Accept-Encoding: gzip, br",
    `Ocp-Apim-Subscription-Key: ${KEY}`,
    `Authorization: Bearer ${token()}`,
  ];
  if (bodyBytes === 0) return `${head.join("\r\n")}\r\n\r\n`;
  head.push("Content-Type: application/json", `Content-Length: ${bodyBytes}`);
  return `${head.join("\r\n")}\r\n\r\n${JSON.stringify({ text: "x".repeat(bodyBytes - 11) })}`;
}
