/**
 * Who the gateway is to Microsoft Entra ID: a credential of @azure/identity, chosen by the settings or, as the vendor's own libraries do,
 * by the environment: client secret or certificate, workload identity federation, then the managed identity of the machine (App Service,
 * Container Apps, IMDS ...).
 * https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains
 */
import type { TokenCredential } from "@azure/identity";
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { IdentitySettings } from "./settings.ts";

export type { TokenCredential } from "@azure/identity";

type Identity = typeof import("@azure/identity");
type Environment = Readonly<Record<string, string | undefined>>;

/** Name of the app registration whose secret the settings or the environment give; undefined when there is none. */
export function appRegistrationOf(settings: IdentitySettings, env: Environment): string | undefined {
  if (settings.clientSecret !== undefined || settings.certificate !== undefined) return settings.clientId;
  const hasOwn = env.AZURE_CLIENT_SECRET !== undefined || env.AZURE_CLIENT_CERTIFICATE_PATH !== undefined;
  return hasOwn ? env.AZURE_CLIENT_ID : undefined;
}

/**
 * @param clientId of the identity that is wanted; undefined: the one the settings or the environment name
 * @throws Error that names the setting or variable that is missing
 */
export async function azureCredential(
  settings: IdentitySettings,
  clientId: string | undefined,
  env: Environment,
  fence: VendorFence,
): Promise<TokenCredential> {
  const identity = await optionalPackage("@azure/identity", () => import("@azure/identity"));
  const chosen = { ...settings, clientId: clientId ?? settings.clientId };
  switch (settings.kind ?? kindOf(settings, clientId, env)) {
    case "client":
      return clientCredential(identity, chosen, env, fence);
    case "workload":
      return workloadCredential(identity, chosen, env, fence);
    case "managed":
      return new identity.ManagedIdentityCredential({
        ...(chosen.clientId === undefined ? {} : { clientId: chosen.clientId }),
        retryOptions: { maxRetries: 2 },
        agent: machineAgent(fence),
      });
  }
}

/** Azure's instance metadata service: a link-local address, which no other client may reach unless the egress rules name it. */
const IMDS = "http://169.254.169.254";

/** For the identity service of the machine, where the environment says that it is: App Service, Arc, pod identity, else IMDS. */
function machineAgent(fence: VendorFence) {
  // The vendor's client knows no other environment than that of the process.
  const { IDENTITY_ENDPOINT, MSI_ENDPOINT, IMDS_ENDPOINT, AZURE_POD_IDENTITY_AUTHORITY_HOST } = process.env;
  const given = [IDENTITY_ENDPOINT, MSI_ENDPOINT, IMDS_ENDPOINT, AZURE_POD_IDENTITY_AUTHORITY_HOST];
  const named = given.filter((url) => url !== undefined);
  const agents = fence([], named.length === 0 ? [IMDS] : named);
  return IDENTITY_ENDPOINT?.startsWith("https:") ? agents.https : agents.http;
}

function kindOf(
  settings: IdentitySettings,
  clientId: string | undefined,
  env: Environment,
): NonNullable<IdentitySettings["kind"]> {
  const own = appRegistrationOf(settings, env);
  // A policy that names another identity does not mean the app registration.
  if (own !== undefined && (clientId === undefined || clientId === own)) return "client";
  return env.AZURE_FEDERATED_TOKEN_FILE !== undefined ? "workload" : "managed";
}

function clientCredential(
  identity: Identity,
  settings: IdentitySettings,
  env: Environment,
  fence: VendorFence,
): TokenCredential {
  const tenantId = needed(settings.tenantId ?? env.AZURE_TENANT_ID, "identity.tenantId", "AZURE_TENANT_ID");
  const clientId = needed(settings.clientId ?? env.AZURE_CLIENT_ID, "identity.clientId", "AZURE_CLIENT_ID");
  const options = authorityOptions(settings, env, fence);
  if (settings.certificate !== undefined)
    return new identity.ClientCertificateCredential(tenantId, clientId, { certificate: settings.certificate }, options);
  const secret = settings.clientSecret ?? env.AZURE_CLIENT_SECRET;
  if (secret !== undefined) return new identity.ClientSecretCredential(tenantId, clientId, secret, options);
  const path = needed(env.AZURE_CLIENT_CERTIFICATE_PATH, "identity.clientSecret", "AZURE_CLIENT_SECRET");
  return new identity.ClientCertificateCredential(tenantId, clientId, path, options);
}

function workloadCredential(
  identity: Identity,
  settings: IdentitySettings,
  env: Environment,
  fence: VendorFence,
): TokenCredential {
  return new identity.WorkloadIdentityCredential({
    ...authorityOptions(settings, env, fence),
    tenantId: needed(settings.tenantId ?? env.AZURE_TENANT_ID, "identity.tenantId", "AZURE_TENANT_ID"),
    clientId: needed(settings.clientId ?? env.AZURE_CLIENT_ID, "identity.clientId", "AZURE_CLIENT_ID"),
    tokenFilePath: needed(env.AZURE_FEDERATED_TOKEN_FILE, undefined, "AZURE_FEDERATED_TOKEN_FILE"),
  });
}

function needed(value: string | undefined, setting: string | undefined, variable: string): string {
  if (value !== undefined && value !== "") return value;
  const where = setting === undefined ? "" : `the setting ${setting} or `;
  throw new Error(`${where}the environment variable ${variable} is missing`);
}

/** Microsoft's own clouds; of any other authority nobody but itself can say that it is one. */
const PUBLIC_AUTHORITIES =
  /^https:\/\/login\.(microsoftonline\.com|microsoftonline\.us|chinacloudapi\.cn|partner\.microsoftonline\.cn)\/?$/;

function authorityOptions(settings: IdentitySettings, env: Environment, fence: VendorFence) {
  const authorityHost = settings.authorityHost ?? env.AZURE_AUTHORITY_HOST;
  const { https: agent } = fence([authorityHost ?? "https://login.microsoftonline.com"]);
  if (authorityHost === undefined) return { agent };
  return { agent, authorityHost, disableInstanceDiscovery: !PUBLIC_AUTHORITIES.test(authorityHost) };
}
