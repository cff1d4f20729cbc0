/** The HTTP proxy of the policy `proxy`, which is also a child of send-request and send-one-way-request. */
import type { UpstreamProxy } from "../../http/upstream.ts";
import { string } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { CompileContext, ElementConfig } from "../../kit/policy.ts";

export const proxySpec = {
  attributes: {
    url: string({ required: true, expression: true, doc: "Address of the proxy: http://host:port." }),
    username: string({ expression: true, doc: "User name for the proxy (Basic authentication)." }),
    password: string({ expression: true, doc: "Password for the proxy." }),
  },
} as const;

type ProxyConfig = ElementConfig<typeof proxySpec>;

export function compileProxy(config: ProxyConfig, context: CompileContext): (x: Exchange) => UpstreamProxy {
  const { url, username, password } = config;
  if (password !== undefined && username === undefined)
    context.error("A password belongs to a username", { attribute: "password", line: config.line });
  const constant = url.constant === undefined ? undefined : proxyOrigin(url.constant);
  if (url.constant !== undefined && constant === undefined && !context.isLoose) {
    const message = `"${url.constant}" is no address of an HTTP proxy`;
    context.error(message, { attribute: "url", line: config.line, hint: "Such as http://proxy.example.com:3128." });
  }
  return (x) => {
    const origin = constant ?? proxyOrigin(url.get(x));
    if (origin === undefined) throw new PolicyFault("InvalidProxy", "The URL of the proxy is no http://host:port.");
    return { url: origin, username: username?.get(x), password: password?.get(x) };
  };
}

/** Only plain HTTP is spoken with the proxy, as in API Management; what goes through it may be TLS. */
function proxyOrigin(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined;
  const { protocol, origin, pathname, search, username, password } = new URL(text.trim());
  const isPlain = protocol === "http:" && pathname === "/" && search === "" && username === "" && password === "";
  return isPlain ? origin : undefined;
}
