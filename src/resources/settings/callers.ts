/** The sections of sallyport.yaml that say who callers are: entra (where Microsoft Entra is) and clientCertificates (who vouches for them). */
import { TrustStore } from "../../base/pki/trust-store.ts";
import { isPlaceholder } from "../../secrets/vaults.ts";
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { ClientCertificateSettings, Settings } from "../snapshot.ts";
import { CLIENT_CERTIFICATE_KEYS, ENTRA_KEYS } from "./keys.ts";
import type { SecretReader } from "./secrets.ts";

export function readEntra(root: Fields): Settings["entra"] {
  const defaults = defaultSettings().entra;
  const fields = root.object("entra");
  if (fields === undefined) return defaults;
  fields.rejectUnknown(ENTRA_KEYS);
  const authority = fields.string("authority")?.replace(/\/+$/, "");
  if (authority === undefined) return defaults;
  if (isAuthority(authority)) return { authority };
  fields.wrongValue(
    "authority",
    "is no https address",
    "Such as https://login.microsoftonline.us; http is for this machine alone.",
  );
  return defaults;
}

function isAuthority(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  return (protocol === "https:" || (protocol === "http:" && isLoopback)) && search === "" && hash === "";
}

/** Files still by their names. */
export interface ClientCertificateDraft {
  readonly authorities: readonly DataNode[];
  readonly crls: readonly DataNode[];
  readonly revocation: ClientCertificateSettings["revocation"];
}

export function readClientCertificates(root: Fields): ClientCertificateDraft {
  const { revocation } = defaultSettings().clientCertificates;
  const fields = root.object("clientCertificates");
  if (fields === undefined) return { authorities: [], crls: [], revocation };
  fields.rejectUnknown(CLIENT_CERTIFICATE_KEYS);
  return {
    authorities: fields.list("authorities"),
    crls: fields.list("crls"),
    revocation: fields.oneOf("revocation", ["required", "listed"]) ?? revocation,
  };
}

export async function loadClientCertificates(
  draft: ClientCertificateDraft,
  secrets: SecretReader,
): Promise<ClientCertificateSettings> {
  const authorities = await readAll(
    draft.authorities,
    "authorities",
    "CERTIFICATE",
    secrets,
    (text) => new TrustStore([text], []),
  );
  const crls = await readAll(draft.crls, "crls", "X509 CRL", secrets, (text) => new TrustStore(authorities, [text]));
  const isComplete = authorities.length === draft.authorities.length && crls.length === draft.crls.length;
  const isUnread = secrets.isOptional && !isComplete;
  return { authorities, crls, revocation: draft.revocation, ...(isUnread ? { isUnread } : {}) };
}

/** PEM of each file; what is wrong with one is reported where it is named. */
async function readAll(
  nodes: readonly DataNode[],
  name: string,
  label: "CERTIFICATE" | "X509 CRL",
  secrets: SecretReader,
  check: (pem: string) => TrustStore,
): Promise<string[]> {
  const texts: string[] = [];
  for (const node of nodes) {
    if (node.kind !== "scalar") {
      reportAt(secrets.reading, node, "SP1004", `"clientCertificates.${name}" must hold names of files`);
      continue;
    }
    const text = await secrets.readPemFile({ source: node.text, node }, label);
    if (text === undefined || isPlaceholder(text)) continue;
    const [problem] = check(text).problems;
    if (problem === undefined) texts.push(text);
    else reportAt(secrets.reading, node, "SP1203", `${node.text}: ${problem}`);
  }
  return texts;
}
