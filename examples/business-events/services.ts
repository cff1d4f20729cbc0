/** What the example's gateway talks to, each on loopback behind TLS: Microsoft Entra's tokens, a Key Vault, an ERP with OData. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface Tls {
  readonly certificate: string;
  readonly key: string;
}

export interface Service {
  readonly port: number;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly content: object;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler = (request: { url: URL; body: string; authorization: string }) => Answer;

async function serve(port: number, tls: Tls, handle: Handler): Promise<Service> {
  const server = createServer({ cert: tls.certificate, key: tls.key }, async (request, response) => {
    const url = new URL(request.url ?? "/", `https://localhost:${request.socket.localPort}`);
    const answer = handle({ url, body: await textOf(request), authorization: request.headers.authorization ?? "" });
    response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.content));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Gives tokens to an app registration, each for one resource. */
export class Identities {
  /** The secret that the app registration has now. */
  secret: string;
  /** The secret has expired. */
  isExpired = false;

  constructor(secret: string) {
    this.secret = secret;
  }

  /** The token for a resource, without trailing slash. */
  tokenFor(resource: string): string {
    return createHash("sha256").update(`${this.secret} ${resource}`).digest("hex");
  }

  listen(port: number, tls: Tls): Promise<Service> {
    return serve(port, tls, ({ url, body }) => {
      if (url.pathname.endsWith("/openid-configuration")) {
        const base = `${url.origin}/contoso`;
        const endpoints = {
          token_endpoint: `${base}/oauth2/v2.0/token`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        };
        return { status: 200, content: { ...endpoints, issuer: `${base}/v2.0`, jwks_uri: `${base}/keys` } };
      }
      const form = new URLSearchParams(body);
      const client = form.get("client_id") ?? "";
      if (this.isExpired) return refusal(7000222, `The provided client secret keys for app '${client}' are expired.`);
      if (form.get("client_secret") !== this.secret) return refusal(7000215, "Invalid client secret provided.");
      const resource = (form.get("scope") ?? "").split(" ")[0].replace(/\/+\.default$/, "");
      const content = { access_token: this.tokenFor(resource), expires_in: 3600, token_type: "Bearer" };
      return { status: 200, content };
    });
  }
}

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function refusal(code: number, text: string): Answer {
  const content = { error: "invalid_client", error_description: `AADSTS${code}: ${text}`, error_codes: [code] };
  return { status: 401, content };
}

/** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret */
export function startVault(
  port: number,
  tls: Tls,
  identities: Identities,
  secrets: ReadonlyMap<string, string>,
): Promise<Service> {
  const resource = "https://vault.azure.net";
  return serve(port, tls, ({ url, authorization }) => {
    if (authorization !== `Bearer ${identities.tokenFor(resource)}`) {
      const challenge = `Bearer authorization="https://login.microsoftonline.com/contoso", resource="${resource}"`;
      return { status: 401, content: { error: { code: "Unauthorized" } }, headers: { "WWW-Authenticate": challenge } };
    }
    const [, , name] = url.pathname.split("/");
    const value = secrets.get(name);
    if (value === undefined) return { status: 404, content: { error: { code: "SecretNotFound", message: name } } };
    const id = `${url.origin}/secrets/${name}/1`;
    return { status: 200, content: { value, id, attributes: { enabled: true, created: 1, updated: 1 } } };
  });
}

const ORDERS: ReadonlyMap<string, object> = new Map([
  [
    "dataAreaId='usmf',PurchaseOrderNumber='00000042'",
    {
      dataAreaId: "usmf",
      PurchaseOrderNumber: "00000042",
      PurchaseOrderName: "Fabrikam Kitchens & Co",
      CurrencyCode: "USD",
      RequestedDeliveryDate: "2026-12-01T12:00:00Z",
      FormattedDeliveryAddress: "123 Coffee Street, Redmond, WA 98052",
    },
  ],
]);

/** Dynamics 365: https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/data-entities/odata */
export async function startErp(port: number, tls: Tls, identities: Identities): Promise<Service> {
  return serve(port, tls, ({ url, authorization }) => {
    if (authorization !== `Bearer ${identities.tokenFor(url.origin)}`)
      return { status: 401, content: { error: { code: "Unauthorized" } } };
    const key = /^\/data\/PurchaseOrderHeadersV2\((.+)\)$/.exec(decodeURIComponent(url.pathname))?.[1] ?? "";
    const order = ORDERS.get(
      key.replace(/^dataAreaId='[^']*'/, (company) => company.replace(/'.*'/, (id) => id.toLowerCase())),
    );
    if (order === undefined)
      return { status: 404, content: { error: { code: "", message: "No resource was found." } } };
    return {
      status: 200,
      content: { "@odata.context": `${url.origin}/data/$metadata#PurchaseOrderHeadersV2/$entity`, ...order },
    };
  });
}
