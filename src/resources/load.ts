/**
 * Loads a configuration: the extract and its settings become one immutable Snapshot, or diagnostics that say why not.
 * Nothing is written, nothing listens: `check`, the start and hot reload all come this way.
 */
import { randomBytes } from "node:crypto";
import { type Diagnostic, Diagnostics } from "../base/diagnostic.ts";
import { type ReadExtract, readExtract } from "./apiops/extract.ts";
import { withNamedValues } from "./backend-values.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { UNASKED } from "../secrets/vaults.ts";
import { ConfigCopy } from "./config-copy.ts";
import { ConfigFolder } from "./config-folder.ts";
import { checkReferences } from "./check-references.ts";
import { Names } from "./names.ts";
import { applyApis, applyNamedValues, applySubscriptions, subscriptionOf } from "./settings/apply.ts";
import { fetchAi } from "./settings/ai-settings.ts";
import { readAuthorizations } from "./settings/authorization-settings.ts";
import { applyBackends } from "./settings/backend-overrides.ts";
import { loadClientCertificates } from "./settings/callers.ts";
import type { ListenerOverride } from "./settings/gateway-settings.ts";
import { fetchEgress } from "./settings/egress-settings.ts";
import { fetchSecurityEvents } from "./settings/security-event-settings.ts";
import { fetchOtlp } from "./settings/otlp-settings.ts";
import { fetchStores } from "./settings/store-settings.ts";
import { applyMcp } from "./settings/mcp-settings.ts";
import { readAuthorities, readSecretSettings, vaultSourcesIn } from "./settings/secret-settings.ts";
import { type Environment, SecretReader } from "./settings/secrets.ts";
import { type ReadSettings, readSettings } from "./settings/settings-file.ts";
import type { Places } from "./places.ts";
import type { Certificate, ListenerSettings, Snapshot, Subscription } from "./snapshot.ts";
import type { EgressSettings } from "./traffic-settings.ts";

export interface LoadOptions {
  /** Development: keys are made for subscriptions that have none, tracing is allowed to everyone. */
  readonly dev?: boolean;
  /** Overrides to use; default: SALLYPORT_ENVIRONMENT of `env`. */
  readonly environment?: string | undefined;
  /** Default: the process's. */
  readonly env?: Environment;
  /** Settings file; default: sallyport.yaml in the folder. */
  readonly settingsFile?: string | undefined;
  /** What the command line says of the first listener. */
  readonly listener?: ListenerOverride;
  /** Keys made so far, by subscription id: kept by the caller so that a reload makes no others. */
  readonly devKeys?: Map<string, string>;
  /** What vaults are asked through; absent: they are not asked, and placeholders stand for their secrets. */
  readonly keyring?: Keyring;
  /** Makes the fence that the keyring's vendor clients stay behind; wanted with a keyring. */
  readonly fence?: MakeFence;
  /** What is wrong with a regular expression of .NET; undefined: nothing. Absent: they are not looked at. */
  readonly patternProblem?: (pattern: string) => string | undefined;
  /** Is told what stands where. */
  readonly places?: Places;
  /** A copy to read instead of the folder. */
  readonly copy?: ConfigCopy | undefined;
  /** Asks for a copy of what is read. */
  readonly keepsCopy?: boolean;
  /** Placeholders stand for environment variables that are not set and files that are not there: for looks at a configuration where its secrets are not. */
  readonly areSecretsOptional?: boolean;
}

/** @param authorities PEM of those trusted beside the public ones */
export type MakeFence = (egress: EgressSettings, authorities: string | undefined) => VendorFence;

export interface Loaded {
  /** Undefined when there is any error. */
  readonly snapshot: Snapshot | undefined;
  /** What could be read, mistakes or not: not to be served. Undefined when there is no such folder. */
  readonly draft: Snapshot | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute paths of files and folders that were read: a change in them may change the outcome. */
  readonly files: readonly string[];
  /** What was read, when it was asked for and is without mistakes. */
  readonly copy: ConfigCopy | undefined;
  /** Primary keys made for subscriptions that had none (development only): secrets, to be shown once. */
  readonly madeKeys: ReadonlyMap<string, string>;
}

export async function loadFolder(path: string, options: LoadOptions = {}): Promise<Loaded> {
  const diagnostics = new Diagnostics();
  const copy = options.keepsCopy === true ? new ConfigCopy() : undefined;
  const folder = await ConfigFolder.open(path, diagnostics, { from: options.copy, to: copy });
  const madeKeys = new Map<string, string>();
  const nothing = { snapshot: undefined, draft: undefined, copy: undefined, files: [] };
  if (folder === undefined) return { ...nothing, diagnostics: diagnostics.list, madeKeys };
  const env = options.env ?? process.env;
  folder.places = options.places;
  const settings = await readSettings(folder, {
    file: options.settingsFile,
    environment: options.environment ?? (env.SALLYPORT_ENVIRONMENT || undefined),
    listener: options.listener ?? {},
  });
  options.places?.addSettings(settings.root);
  const extract = await readExtract(folder);
  const secrets = new SecretReader(folder, settings, env, options.keyring?.vaults ?? UNASKED, options);
  const { egress, ...outward } = await prepareVaults(settings, extract, secrets, options);
  const composed = await compose(folder, extract, settings, secrets, { ...options, egress, madeKeys });
  const snapshot: Snapshot = { ...composed, ...outward };
  checkReferences(snapshot, diagnostics);
  return {
    snapshot: diagnostics.failed ? undefined : snapshot,
    draft: snapshot,
    copy: diagnostics.failed ? undefined : copy,
    diagnostics: diagnostics.list,
    files: [...new Set(folder.files)],
    madeKeys,
  };
}

/** Everything in a vault is asked for at once, before it is needed piece by piece. */
async function prepareVaults(
  settings: ReadSettings,
  extract: ReadExtract,
  secrets: SecretReader,
  { keyring, fence }: LoadOptions,
): Promise<Pick<Snapshot, "authorities" | "tokenUrls" | "accessPolicies"> & { readonly egress: EgressSettings }> {
  const { root, folder } = settings;
  const secretSettings = await readSecretSettings(root, folder, secrets);
  const authorities = await readAuthorities(root, secrets);
  const egress = await fetchEgress(secrets, settings.gateway.egress);
  if (keyring !== undefined) {
    if (fence === undefined) throw new Error("a keyring needs a fence");
    const fenceKey = JSON.stringify(egress);
    keyring.begin({ secrets: secretSettings, authorities, fence: fence(egress, authorities), fenceKey });
  }
  const given = new Set(settings.overrides.namedValues.map(({ name }) => name));
  const named = [...extract.namedValues.values()].flatMap(({ id, name, vault }) =>
    vault === undefined || given.has(name) || given.has(id) ? [] : [vault.source],
  );
  const certificates = [...extract.vaultCertificates.values()].map(({ source }) => source);
  await keyring?.vaults.prefetch([...vaultSourcesIn(root.node), ...named, ...certificates]);
  const { accessPolicies, ...authorizations } = await readAuthorizations(root, folder, secrets);
  keyring?.beginAuthorizations(authorizations);
  const tokenUrls = [...authorizations.connections.values()].map(({ tokenUrl }) => tokenUrl);
  return { authorities, tokenUrls, accessPolicies, egress };
}

async function compose(
  folder: ConfigFolder,
  extract: ReadExtract,
  settings: ReadSettings,
  secrets: SecretReader,
  options: LoadOptions & { readonly egress: EgressSettings; readonly madeKeys: Map<string, string> },
): Promise<Snapshot> {
  const { apiNames, productNames, vaultCertificates, ...resources } = extract;
  const { gateway, overrides } = settings;
  const dev = options.dev ?? false;
  const scopes = { apis: apiNames, products: productNames };
  const subscriptions = await applySubscriptions(extract.subscriptions, overrides.subscriptions, scopes, secrets);
  const listeners: ListenerSettings[] = [];
  for (const draft of gateway.listeners) listeners.push(await secrets.listener(draft, apiNames));
  const clientCertificates = await loadClientCertificates(gateway.clientCertificates, secrets);
  const certificates = new Map<string, Certificate>();
  for (const [id, reference] of vaultCertificates) {
    if (overrides.certificates.some((override) => override.name === id)) continue;
    const certificate = await secrets.vaultCertificate(id, reference);
    if (certificate !== undefined) certificates.set(id, certificate);
  }
  for (const override of overrides.certificates) {
    const certificate = await secrets.certificate(override);
    if (certificate !== undefined) certificates.set(certificate.id, certificate);
  }
  const overridden = applyApis(extract.apis, apiNames, overrides.apis, secrets);
  const apis = applyMcp(overridden, apiNames, overrides.mcp, secrets.reading);
  const namedValues = await applyNamedValues(extract.namedValues, overrides.namedValues, secrets);
  const backends = await applyBackends(extract.backends, overrides.backends, secrets);
  return {
    ...resources,
    version: folder.version,
    folder: folder.path,
    apis,
    backends: withNamedValues(backends, namedValues, folder.diagnostics),
    namedValues,
    subscriptions: dev ? withKeys(subscriptions, options.devKeys ?? new Map(), options.madeKeys) : subscriptions,
    certificates,
    settings: {
      ...gateway,
      egress: options.egress,
      securityEvents: await fetchSecurityEvents(secrets, gateway.securityEvents),
      otlp: await fetchOtlp(secrets, gateway.otlp, options.env ?? process.env),
      stores: await fetchStores(secrets, gateway.stores),
      ai: await fetchAi(
        secrets,
        folder,
        gateway.ai,
        apiNames,
        new Names("backend", backends.keys()),
        options.patternProblem,
      ),
      listeners,
      dev,
      clientCertificates,
    },
  };
}

/**
 * Makes keys for the active subscriptions that have none; where there is no subscription at all, the all-access one.
 */
function withKeys(
  subscriptions: readonly Subscription[],
  known: Map<string, string>,
  made: Map<string, string>,
): readonly Subscription[] {
  const all = subscriptions.length > 0 ? subscriptions : [subscriptionOf("master", { kind: "service" })];
  return all.map((subscription) => {
    const hasKey = subscription.primaryKey !== undefined || subscription.secondaryKey !== undefined;
    if (hasKey || subscription.state !== "active") return subscription;
    const key = known.get(subscription.id) ?? randomBytes(16).toString("hex");
    known.set(subscription.id, key);
    made.set(subscription.id, key);
    return { ...subscription, primaryKey: key };
  });
}
