/** Base URLs of backends: absolute, of a protocol the gateway speaks, without query, fragment and trailing slash. */

/** The URL to use, or what is wrong with it. */
export function readServiceUrl(text: string): { readonly url: string } | { readonly problem: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { problem: "is not an absolute URL such as https://api.example.com/v1" };
  }
  if (!["http:", "https:", "ws:", "wss:"].includes(url.protocol))
    return { problem: `has the protocol ${url.protocol.slice(0, -1)}` };
  if (url.username !== "" || url.password !== "") return { problem: "holds a user name or password" };
  if (url.hash !== "") return { problem: "holds a fragment" };
  if (url.search !== "") return { problem: "holds a query" };
  return { url: text.trim().replace(/\/+$/, "") };
}
