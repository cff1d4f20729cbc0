/**
 * Reads a whole extract: every kind of resource in the order of their references, so that each reference is checked as
 * it is read.
 */
import type { ConfigFolder } from "../config-folder.ts";
import { Names } from "../names.ts";
import type { Api, Backend, Group, PolicyDocument, Product, Subscription, User, VersionSet } from "../snapshot.ts";
import { readApis } from "./apis.ts";
import { readBackends } from "./backends.ts";
import { readMessageDiagnostics } from "./diagnostics.ts";
import { readFragments } from "./fragments.ts";
import { readCertificates } from "./certificates.ts";
import { type Extract, Ignored, isReadKind, kindOf, policyOf, type ReadKind } from "./layout.ts";
import { type ReadNamedValue, readNamedValues } from "./named-values.ts";
import { readGroups, readUsers } from "./people.ts";
import { readProducts } from "./products.ts";
import { readSubscriptions } from "./subscriptions.ts";
import type { VaultReference } from "./vault-reference.ts";
import { readVersionSets } from "./version-sets.ts";

export interface ReadExtract {
  readonly apis: readonly Api[];
  readonly apiNames: Names;
  readonly productNames: Names;
  readonly versionSets: ReadonlyMap<string, VersionSet>;
  readonly products: ReadonlyMap<string, Product>;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly users: ReadonlyMap<string, User>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly namedValues: ReadonlyMap<string, ReadNamedValue>;
  readonly fragments: ReadonlyMap<string, PolicyDocument>;
  readonly backends: ReadonlyMap<string, Backend>;
  /** Certificates in a vault, by id. */
  readonly vaultCertificates: ReadonlyMap<string, VaultReference>;
  readonly policy: PolicyDocument | undefined;
  readonly ignored: ReadonlyMap<string, number>;
}

export async function readExtract(folder: ConfigFolder): Promise<ReadExtract> {
  const begun = { folder, ignored: new Ignored() };
  const diagnostics = (await folder.list("")).folders.filter((name) => kindOf(name) === "diagnostics");
  const extract: Extract = { ...begun, messageDiagnostics: await readMessageDiagnostics(begun, diagnostics) };
  const kinds = await foldersByKind(extract);
  const of = (kind: ReadKind): readonly string[] => kinds.get(kind) ?? [];
  const sets = await readVersionSets(extract, of("versionsets"));
  const apiNames = new Names("API");
  const { apis, versionSets } = await readApis(extract, of("apis"), new Names("version set", sets.keys()), apiNames);
  for (const set of versionSets) sets.set(set.id, set);
  const groups = await readGroups(extract, of("groups"));
  const users = await readUsers(extract, of("users"));
  const products = await readProducts(extract, of("products"), apiNames, new Names("group", groups.keys()));
  const productNames = new Names("product", products.keys());
  const scopes = { apis: apiNames, products: productNames };
  const subscriptions = await readSubscriptions(extract, of("subscriptions"), scopes, new Names("user", users.keys()));
  return {
    apis,
    apiNames,
    productNames,
    versionSets: sets,
    products,
    subscriptions,
    users,
    groups,
    namedValues: await readNamedValues(extract, of("namedvalues")),
    fragments: await readFragments(extract, of("policyfragments")),
    backends: await readBackends(extract, of("backends")),
    vaultCertificates: await readCertificates(extract, of("certificates")),
    policy: await policyOf(extract, { path: "", listing: await folder.list("") }),
    ignored: extract.ignored.counts,
  };
}

/** Folders of the extract by kind; those that hold kinds not acted on are counted. */
async function foldersByKind(extract: Extract): Promise<Map<ReadKind, string[]>> {
  const { folder } = extract;
  const kinds = new Map<ReadKind, string[]>();
  const { folders, files } = await folder.list("");
  for (const name of folders) {
    const kind = kindOf(name);
    if (isReadKind(kind)) kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
    else extract.ignored.addKind(kind, await folder.list(name));
  }
  if (kinds.size === 0 && !files.includes("policy.xml")) await reportNoExtract(folder, folders);
  return kinds;
}

async function reportNoExtract(folder: ConfigFolder, folders: readonly string[]): Promise<void> {
  let near: string | undefined;
  for (const name of folders) {
    if ((await folder.list(name)).folders.some((inner) => kindOf(inner) === "apis")) near ??= name;
  }
  folder.diagnostics.error(
    "SP1107",
    `${folder.path} holds no APIOps extract: neither apis, products ... nor policy.xml`,
    {
      hint:
        near === undefined
          ? "Name the folder that the APIOps extractor wrote."
          : `Did you mean ${folder.path.replace(/\/$/, "")}/${near}?`,
    },
  );
}
