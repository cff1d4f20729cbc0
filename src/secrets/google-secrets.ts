/**
 * Google Secret Manager: `gcp:projects/P/secrets/S[/versions/V][#member]`, over REST (the gRPC client compiles code at run time, which a
 * gateway forbids). Credentials as the settings say, else as the vendor's client finds them (application default credentials).
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 */
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { VaultSettings } from "./settings.ts";
import { memberOf, retryAfterMs, splitMember, Throttled, type VaultClient, type VaultValue } from "./vault-client.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

export async function openGoogleSecrets(settings: VaultSettings["google"], fence: VendorFence): Promise<VaultClient> {
  const google = await optionalPackage("@googleapis/secretmanager", () => import("@googleapis/secretmanager"));
  const { endpoint, credentials } = settings;
  const agents = fence([...OWN_HOSTS, ...(endpoint === undefined ? [] : [endpoint]), ...urlsIn(credentials)]);
  const agent = ({ protocol }: URL) => (protocol === "http:" ? agents.http : agents.https);
  const auth = new google.auth.GoogleAuth({
    scopes: [SCOPE],
    clientOptions: { transporterOptions: { agent } },
    ...(credentials === undefined ? {} : { credentials: JSON.parse(credentials) }),
  });
  const client = google.secretmanager({
    version: "v1",
    auth,
    agent,
    ...(endpoint === undefined ? {} : { rootUrl: `${endpoint.replace(/\/+$/, "")}/` }),
  });
  return {
    async read(reference, timeoutMs): Promise<VaultValue> {
      const { path, key } = splitMember(reference);
      if (!/^projects\/[^/]+\/secrets\/[^/]+(\/versions\/[^/]+)?$/.test(path))
        throw new Error("it is not of the form gcp:projects/PROJECT/secrets/SECRET");
      const name = path.includes("/versions/") ? path : `${path}/versions/latest`;
      try {
        const options = { timeout: timeoutMs, retry: false };
        const { data } = await client.projects.secrets.versions.access({ name }, options);
        const content = data.payload?.data;
        if (content === undefined || content === null) throw new Error("the secret has no value");
        return { value: memberOf(Buffer.from(content, "base64").toString("utf8"), key) };
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

const OWN_HOSTS = ["secretmanager", "oauth2", "sts", "iamcredentials", "www"].map(
  (name) => `https://${name}.googleapis.com`,
);

/** Whom a credentials file names: the token services. */
function urlsIn(credentials: string | undefined): string[] {
  const texts = Object.values(JSON.parse(credentials ?? "{}") as object);
  return texts.filter((text): text is string => typeof text === "string" && URL.canParse(text));
}

interface GoogleFailure extends Error {
  readonly status?: number;
  readonly response?: { readonly status?: number; readonly headers?: Headers };
}

function explained(error: unknown): Error {
  const { status, response, message } = error as GoogleFailure;
  const code = response?.status ?? status;
  if (code === 429)
    return new Throttled(retryAfterMs(response?.headers?.get?.("retry-after") ?? undefined, Date.now()));
  return new Error(code === undefined ? message : `Google Secret Manager answered ${code}`);
}
