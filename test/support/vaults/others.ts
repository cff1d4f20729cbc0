/** AWS Secrets Manager, Google Secret Manager and HashiCorp Vault, as far as reading secrets goes, by their documented interfaces. */
import type { ServerResponse } from "node:http";
import { type Asked, send, VaultServer } from "./serving.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export class AwsServer extends VaultServer {
  static start(): Promise<AwsServer> {
    return new AwsServer(false).listen();
  }

  protected override answer({ headers, body }: Asked, response: ServerResponse): void {
    const isSigned = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request/.test(
      headers.authorization ?? "",
    );
    if (!isSigned || headers["x-amz-target"] !== "secretsmanager.GetSecretValue") {
      send(response, 400, { __type: "InvalidSignatureException", message: "signature" });
      return;
    }
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    const value = this.values.get(SecretId);
    if (value === undefined) send(response, 400, { __type: "ResourceNotFoundException", Message: "no such secret" });
    else send(response, 200, { ARN: `arn:aws:x:${SecretId}`, Name: SecretId, SecretString: value, VersionId: "1" });
  }
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access */
export class GoogleServer extends VaultServer {
  readonly subjectToken = "token-of-the-workload";

  static start(): Promise<GoogleServer> {
    return new GoogleServer(false).listen();
  }

  /**
   * Text of a credentials file of workload identity federation whose token service is this server.
   * https://google.aip.dev/auth/4117
   */
  credentials(subjectTokenFile: string): string {
    return JSON.stringify({
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${this.url}/token`,
      credential_source: { file: subjectTokenFile },
    });
  }

  protected override answer({ url, headers, body }: Asked, response: ServerResponse): void {
    if (url.pathname === "/token") {
      const issued = { issued_token_type: "urn:ietf:params:oauth:token-type:access_token", token_type: "Bearer" };
      const isKnown = new URLSearchParams(body).get("subject_token") === this.subjectToken;
      if (isKnown) send(response, 200, { access_token: "google-token", expires_in: 3600, ...issued });
      else send(response, 400, { error: "invalid_grant" });
      return;
    }
    const name = /^\/v1\/(projects\/.*):access$/.exec(url.pathname)?.[1] ?? "";
    const value = this.values.get(name);
    if (headers.authorization !== "Bearer google-token") send(response, 401, { error: { code: 401 } });
    else if (value === undefined) send(response, 404, { error: { code: 404, message: "not found" } });
    else send(response, 200, { name, payload: { data: Buffer.from(value).toString("base64") } });
  }
}

/** https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and .../auth/approle, .../auth/kubernetes */
export class HashicorpServer extends VaultServer {
  /** Tokens that open it; signing in makes one. */
  readonly tokens = new Set<string>();
  signIns = 0;

  static start(): Promise<HashicorpServer> {
    return new HashicorpServer(false).listen();
  }

  protected override answer({ method, url, headers, body }: Asked, response: ServerResponse): void {
    const login = /^\/v1\/auth\/(approle|kubernetes)\/login$/.exec(url.pathname)?.[1];
    if (login !== undefined && method === "POST") {
      this.#signIn(login, JSON.parse(body) as Record<string, string>, response);
      return;
    }
    const path = /^\/v1\/secret\/data\/(.*)$/.exec(url.pathname)?.[1];
    const value = path === undefined ? undefined : this.values.get(path);
    if (!this.tokens.has(String(headers["x-vault-token"]))) send(response, 403, { errors: ["permission denied"] });
    else if (value === undefined) send(response, 404, { errors: [] });
    else send(response, 200, { data: { data: JSON.parse(value), metadata: { version: 1 } } });
  }

  #signIn(login: string, given: Record<string, string>, response: ServerResponse): void {
    const isKnown =
      login === "approle"
        ? given.role_id === "role-1" && given.secret_id === "secret-1"
        : given.role === "gateway" && given.jwt === "service-account-token";
    if (!isKnown) {
      send(response, 400, { errors: ["invalid role or secret ID"] });
      return;
    }
    const token = `hvs.${++this.signIns}`;
    this.tokens.clear();
    this.tokens.add(token);
    send(response, 200, { auth: { client_token: token, lease_duration: 3600, renewable: true } });
  }
}
