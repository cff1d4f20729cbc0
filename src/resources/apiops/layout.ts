/**
 * The folder layout of the APIOps extractor (`policy fragments`, `named values`, `version sets`) and of apiops-cli
 * (`policyFragments`, `namedValues`, `versionSets`): the same kinds, spelt with or without blanks.
 * https://azure.github.io/apiops/apiops/3-apimTools/apiops-2-1-tools-extractor.html
 */
import type { ConfigFolder, Listing } from "../config-folder.ts";
import type { Fields } from "../documents/fields.ts";
import type { PolicyDocument } from "../snapshot.ts";
import type { MessageDiagnostics } from "./diagnostics.ts";

/** Kinds that are read, by their folder's name in lower case without blanks. */
export const READ_KINDS = [
  "apis",
  "products",
  "subscriptions",
  "groups",
  "users",
  "namedvalues",
  "policyfragments",
  "backends",
  "versionsets",
  "certificates",
] as const;

export type ReadKind = (typeof READ_KINDS)[number];

/** Kinds that are known and not acted on, with the words for them. */
const IGNORED_KINDS: ReadonlyMap<string, string> = new Map([
  ["loggers", "loggers"],
  ["diagnostics", "diagnostics"],
  ["tags", "tags"],
  ["gateways", "gateways"],
  ["schemas", "schemas"],
  ["releases", "releases"],
  ["tagdescriptions", "tag descriptions"],
  ["policyrestrictions", "policy restrictions"],
  ["documentations", "documentations"],
  ["workspaces", "workspaces"],
  ["authorizationservers", "authorization servers"],
  ["authorizationproviders", "authorization providers"],
  ["openidconnectproviders", "OpenID Connect providers"],
  ["identityproviders", "identity providers"],
  ["caches", "caches"],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([["apiversionsets", "versionsets"]]);

/** `Policy Fragments`, `policyFragments` and `policy-fragments` are one. */
export function kindOf(folderName: string): string {
  const plain = folderName.toLowerCase().replace(/[ _-]/g, "");
  return ALIASES.get(plain) ?? plain;
}

export function isReadKind(kind: string): kind is ReadKind {
  return (READ_KINDS as readonly string[]).includes(kind);
}

/** Counts what was found but is not acted on. */
export class Ignored {
  readonly counts = new Map<string, number>();

  add(words: string, count: number): void {
    if (count > 0) this.counts.set(words, (this.counts.get(words) ?? 0) + count);
  }

  /** Counts the resources in a folder of a kind that is not acted on; false when the kind is unknown. */
  addKind(kind: string, listing: Listing): boolean {
    const words = IGNORED_KINDS.get(kind);
    if (words !== undefined) this.add(words, listing.folders.length);
    return words !== undefined;
  }
}

/** What the readers of one extract share. */
export interface Extract {
  readonly folder: ConfigFolder;
  readonly ignored: Ignored;
  /** Of the whole service. */
  readonly messageDiagnostics?: MessageDiagnostics;
}

/** One resource: a folder named by its id. */
export interface Item {
  readonly id: string;
  /** Path of its folder. */
  readonly path: string;
  readonly listing: Listing;
}

/** The resources in folders of a kind, in order of their ids. */
export async function itemsIn(extract: Extract, folders: readonly string[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const folder of folders) {
    for (const id of (await extract.folder.list(folder)).folders) {
      const path = `${folder}/${id}`;
      items.push({ id, path, listing: await extract.folder.list(path) });
    }
  }
  return items;
}

/** The `properties` of a resource's information file; undefined, and reported, when there are none. */
export async function propertiesOf(extract: Extract, item: Item, file: string): Promise<Fields | undefined> {
  if (!item.listing.files.includes(file)) {
    extract.folder.diagnostics.error("SP1101", `${item.path} has no ${file}`, {
      file: item.path,
      hint: "Extract again, or remove the folder.",
    });
    return undefined;
  }
  const fields = await extract.folder.readFields(`${item.path}/${file}`);
  const properties = fields?.object("properties");
  if (fields !== undefined && fields.get("properties") === undefined) fields.missing("properties");
  if (properties !== undefined) extract.folder.places?.addResource(item.path, properties);
  return properties;
}

/** The resource's policy.xml, when it has one. */
export async function policyOf(
  extract: Extract,
  item: Pick<Item, "path" | "listing">,
): Promise<PolicyDocument | undefined> {
  if (!item.listing.files.includes("policy.xml")) return undefined;
  const source = await extract.folder.read(item.path === "" ? "policy.xml" : `${item.path}/policy.xml`);
  return source && { source };
}

/** The name at the end of an ARM id such as `/subscriptions/.../apiVersionSets/orders`; a bare name is itself. */
export function lastSegment(id: string): string {
  return id.replace(/\/+$/, "").split("/").at(-1) ?? "";
}
