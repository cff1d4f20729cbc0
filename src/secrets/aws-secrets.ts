/**
 * AWS Secrets Manager: `aws:SECRET-ID[#member]`, by name or ARN. Credentials as the settings say, else as the vendor's client finds them
 * (environment, web identity, container, instance).
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { VaultSettings } from "./settings.ts";
import { memberOf, splitMember, Throttled, type VaultClient, type VaultValue } from "./vault-client.ts";

export async function openAwsSecrets(settings: VaultSettings["aws"], fence: VendorFence): Promise<VaultClient> {
  const aws = await optionalPackage("@aws-sdk/client-secrets-manager", () => import("@aws-sdk/client-secrets-manager"));
  const { endpoint, accessKeyId, secretAccessKey, sessionToken } = settings;
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const clients = new Map<string, SecretsManagerClient>();
  const clientOf = (region: string | undefined): SecretsManagerClient => {
    let client = clients.get(region ?? "");
    if (client === undefined) {
      const agents = fence(endpoint === undefined ? ownHosts(region) : [endpoint, ...ownHosts(region)]);
      client = new aws.SecretsManagerClient({
        // For the security token service, too, where credentials come from there.
        requestHandler: { httpAgent: agents.http, httpsAgent: agents.https },
        maxAttempts: 2,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(credentials === undefined ? {} : { credentials }),
      });
      clients.set(region ?? "", client);
    }
    return client;
  };
  return {
    async read(reference, timeoutMs): Promise<VaultValue> {
      const { path: SecretId, key } = splitMember(reference);
      const region = /^arn:[^:]*:secretsmanager:([^:]+):/.exec(SecretId)?.[1] ?? settings.region;
      try {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        const answer = await clientOf(region).send(new aws.GetSecretValueCommand({ SecretId }), { abortSignal });
        const { SecretString: text, SecretBinary: bytes } = answer;
        if (text === undefined && bytes === undefined) throw new Error("the secret has no value");
        return { value: memberOf(text ?? Buffer.from(bytes ?? []).toString("base64"), key) };
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

/** Whom the client calls when it is told no other: inside a virtual network their names may lead to private addresses. */
function ownHosts(region: string | undefined): string[] {
  if (region === undefined) return [];
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return [`https://secretsmanager.${region}.${domain}`, `https://sts.${region}.${domain}`];
}

interface AwsFailure extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function explained(error: unknown): Error {
  const { name, message, $metadata } = error as AwsFailure;
  const status = $metadata?.httpStatusCode;
  if (status === 429 || /Throttl|TooManyRequests/.test(name)) return new Throttled(2_000);
  if (status === undefined) return new Error(message === "" ? `AWS cannot be reached (${name})` : message);
  return new Error(`AWS Secrets Manager answered ${status} ${name}`);
}
