/**
 * The certificate of a caller as a proxy that ends TLS hands it on: PEM, with line breaks percent-encoded (nginx, AWS) or as blanks;
 * base64 of DER (Azure App Service, Application Gateway, Traefik); Envoy's X-Forwarded-Client-Cert, whose element of the caller next to
 * the proxy is the last.
 */
import { X509Certificate } from "node:crypto";
import type { IncomingRequest, TlsFacts } from "../http/front.ts";
import type { Body } from "../http/body.ts";
import type { Headers } from "../http/headers.ts";

/** A chain of certificates takes less. */
const MAX_LENGTH = 16_384;
const ENVOY_CERT = /(?:^|[;,])\s*Cert="([^"]*)"/gi;

/** DER; undefined when there is none in it. */
export function parseForwardedCertificate(value: string): Uint8Array | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const text = [...value.matchAll(ENVOY_CERT)].at(-1)?.[1] ?? value;
  const decoded = text.includes("%") ? percentDecoded(text) : text;
  if (decoded === undefined) return undefined;
  const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(decoded);
  // Traefik joins the certificates of a chain by commas; the first is the caller's.
  const base64 = (pem?.[1] ?? decoded.split(",", 1)[0]).replace(/\s+/g, "");
  if (base64 === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    return new X509Certificate(Buffer.from(base64, "base64")).raw;
  } catch {
    return undefined;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A request whose TLS ended at a proxy, with the certificate that its caller showed there. */
export class RequestOfCertifiedCaller implements IncomingRequest {
  readonly #request: IncomingRequest;
  readonly tls: TlsFacts;

  constructor(request: IncomingRequest, clientCertificate: Uint8Array, clientAuthorized: boolean) {
    this.#request = request;
    const facts = request.tls ?? { protocol: "", cipher: "", servername: undefined };
    this.tls = { ...facts, clientCertificate, clientAuthorized };
  }

  get method(): string {
    return this.#request.method;
  }

  get target(): string {
    return this.#request.target;
  }

  get httpVersion(): string {
    return this.#request.httpVersion;
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get body(): Body {
    return this.#request.body;
  }

  get receivedBytes(): number | undefined {
    return this.#request.receivedBytes;
  }

  get remoteAddress(): string {
    return this.#request.remoteAddress;
  }

  get remotePort(): number {
    return this.#request.remotePort;
  }

  get listener(): string {
    return this.#request.listener;
  }

  onAbort(listener: () => void): void {
    this.#request.onAbort(listener);
  }
}
