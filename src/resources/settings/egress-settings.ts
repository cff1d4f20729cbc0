/** The section `egress` of sallyport.yaml: whom the gateway may call, and by which way. */
import { isIP } from "node:net";
import { parseRange } from "../../base/ip-address.ts";
import { vaultKindOf } from "../../secrets/vaults.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { EgressSettings } from "../traffic-settings.ts";
import { EGRESS_KEYS, EGRESS_PROXY_KEYS } from "./keys.ts";
import { isHostName, plainHostName } from "./listener-settings.ts";
import type { SecretReader } from "./secrets.ts";
import { type SecretRef, secret } from "./sections.ts";

const SCOPES = ["listed", "configured", "any"] as const;

/** Egress rules whose credentials are still names of places. */
export interface EgressDraft extends Omit<EgressSettings, "proxy"> {
  readonly proxy: ProxyDraft | undefined;
}

interface ProxyDraft {
  readonly url: string;
  readonly username: SecretRef | undefined;
  readonly password: SecretRef | undefined;
  readonly except: readonly string[];
}

export function readEgress(root: Fields): EgressDraft {
  const defaults = defaultSettings().egress;
  const fields = root.object("egress");
  if (fields === undefined) return { ...defaults, proxy: undefined };
  fields.rejectUnknown(EGRESS_KEYS);
  const localAddress = fields.string("localAddress");
  if (localAddress !== undefined && isIP(localAddress) === 0)
    fields.wrongValue("localAddress", "is no IP address", "An address of this machine, such as 10.0.0.4.");
  return {
    allow: readHosts(fields, "allow", true),
    private: fields.oneOf("private", SCOPES) ?? defaults.private,
    public: fields.oneOf("public", SCOPES) ?? defaults.public,
    proxy: readProxy(fields),
    localAddress,
  };
}

/** Host names in one spelling, with `*.` in front for all names below; addresses and ranges where they are allowed. */
function readHosts(fields: Fields, name: string, allowsRanges: boolean): readonly string[] {
  return fields.strings(name).flatMap((written) => {
    const text = plainHostName(written.trim());
    if (allowsRanges && !("problem" in parseRange(text))) return [text];
    // What looks like an address and is none is a mistake, not a name: 10.0.0.0/33, 10.1.
    if (isHostName(text.replace(/^\*\./, "")) && !/^[\d.]+$/.test(text)) return [text];
    const hint = `Such as ${allowsRanges ? "10.1.0.0/16, " : ""}vault.internal or *.corp.example.`;
    fields.wrongValue(
      name,
      `holds "${written}", which is no host name${allowsRanges ? ", address or range" : ""}`,
      hint,
    );
    return [];
  });
}

function readProxy(egress: Fields): ProxyDraft | undefined {
  const node = egress.get("proxy");
  if (node?.kind === "scalar") {
    const url = proxyUrl(egress, "proxy", node.text);
    return url === undefined ? undefined : { url, username: undefined, password: undefined, except: [] };
  }
  const fields = egress.object("proxy");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(EGRESS_PROXY_KEYS);
  const text = fields.requiredString("url", "Such as http://proxy.example.com:3128.");
  const url = text === undefined ? undefined : proxyUrl(fields, "url", text);
  const rest = { username: secret(fields, "username"), password: secret(fields, "password") };
  const except = readHosts(fields, "except", false);
  return url === undefined ? undefined : { url, ...rest, except };
}

function proxyUrl(fields: Fields, name: string, text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (
    url !== undefined &&
    isHttp &&
    url.pathname === "/" &&
    url.search === "" &&
    url.username === "" &&
    url.password === ""
  )
    return url.origin;
  const hint = "Such as http://proxy.example.com:3128; name and password stand beside it, as username and password.";
  fields.wrongValue(name, "is no address of a proxy", hint);
  return undefined;
}

export async function fetchEgress(secrets: SecretReader, draft: EgressDraft): Promise<EgressSettings> {
  const { proxy } = draft;
  if (proxy === undefined) return { ...draft, proxy };
  for (const ref of [proxy.username, proxy.password]) {
    if (ref === undefined || vaultKindOf(ref.source) === undefined) continue;
    const message = "The proxy's credentials are in a vault, which they are needed to reach";
    reportAt(secrets.reading, ref.node, "SP1006", message, "Take them from env:NAME or file:PATH.");
    return { ...draft, proxy: { ...proxy, username: undefined, password: undefined } };
  }
  const username = proxy.username && (await secrets.read(proxy.username));
  const password = proxy.password && (await secrets.read(proxy.password));
  return { ...draft, proxy: { ...proxy, username, password } };
}
