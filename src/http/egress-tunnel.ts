/** A way through an HTTP proxy: CONNECT (RFC 9110 section 9.3.6), to plain and to TLS backends alike. */
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { UpstreamError } from "./upstream.ts";

export interface Proxy {
  /** `http://host:port` or https. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface TunnelOptions {
  readonly timeoutMs: number;
  readonly localAddress?: string | undefined;
  /** Judges the address of the proxy itself. */
  readonly lookup?: LookupFunction | undefined;
}

/** A connection that the proxy has opened to the host. Rejects with UpstreamError; the proxy's credentials are in no message. */
export function openTunnel(proxy: Proxy, host: string, port: number, options: TunnelOptions): Promise<Socket> {
  const { protocol, hostname, port: proxyPort } = new URL(proxy.url);
  const isSecure = protocol === "https:";
  const target = `${host}:${port}`;
  const credentials = proxy.username === undefined ? undefined : `${proxy.username}:${proxy.password ?? ""}`;
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new UpstreamError("connect", `The proxy ${proxy.url} ${why}.`, cause));
    const request = (isSecure ? requestSecure : requestPlain)({
      method: "CONNECT",
      host: hostname.replace(/^\[|\]$/g, ""),
      port: proxyPort === "" ? (isSecure ? 443 : 80) : Number(proxyPort),
      path: target,
      headers: {
        Host: target,
        ...(credentials === undefined
          ? {}
          : { "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}` }),
      },
      agent: false,
      timeout: options.timeoutMs,
      localAddress: options.localAddress,
      lookup: options.lookup,
    });
    request.on("connect", (response, socket, head) => {
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        socket.setTimeout(0);
        resolve(socket);
        return;
      }
      socket.destroy();
      fail(response.statusCode === 407 ? "asks for other credentials (407)" : `answered ${response.statusCode}`);
    });
    request.on("timeout", () => request.destroy(new Error("time-out")));
    request.on("error", (error) => {
      if (error instanceof UpstreamError) reject(error);
      else fail("could not be reached", error);
    });
    request.end();
  });
}
