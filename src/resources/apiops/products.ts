/**
 * Products: products/<id>/productInformation.json, its policy, APIs and groups, as folders or in the list files
 * apis.json and groups.json.
 */
import { reportAt } from "../documents/fields.ts";
import { child, type DataNode, stringOf } from "../documents/data-node.ts";
import type { Names } from "../names.ts";
import type { Product } from "../snapshot.ts";
import { type Extract, type Item, itemsIn, kindOf, policyOf, propertiesOf } from "./layout.ts";

const STATES = ["published", "notPublished"] as const;

export async function readProducts(
  extract: Extract,
  folders: readonly string[],
  apis: Names,
  groups: Names,
): Promise<Map<string, Product>> {
  const products = new Map<string, Product>();
  for (const item of await itemsIn(extract, folders)) {
    const properties = await propertiesOf(extract, item, "productInformation.json");
    if (properties === undefined) continue;
    if (item.listing.files.includes("wiki.md")) extract.ignored.add("wikis", 1);
    products.set(item.id, {
      id: item.id,
      name: properties.string("displayName") ?? item.id,
      description: properties.string("description") ?? "",
      // What APIM assumes when the state is not given: a new product is not published.
      isPublished: properties.oneOf("state", STATES) === "published",
      subscriptionRequired: properties.boolean("subscriptionRequired") ?? true,
      approvalRequired: properties.boolean("approvalRequired") ?? false,
      subscriptionsLimit: properties.integer("subscriptionsLimit", 0, 2 ** 31 - 1),
      apis: new Set(await membersOf(extract, item, "apis", apis)),
      groups: await membersOf(extract, item, "groups", groups),
      policy: await policyOf(extract, item),
    });
  }
  return products;
}

/** Ids that a product's `apis` or `groups` names, folders and list file together. */
async function membersOf(extract: Extract, product: Item, kind: "apis" | "groups", known: Names): Promise<string[]> {
  const members = new Set<string>();
  const folder = product.listing.folders.find((name) => kindOf(name) === kind);
  if (folder !== undefined) {
    const path = `${product.path}/${folder}`;
    for (const name of (await extract.folder.list(path)).folders) {
      const id = known.find(withoutRevision(name));
      if (id !== undefined) members.add(id);
      else
        extract.folder.diagnostics.error("SP1102", known.unknown(name).message, {
          file: `${path}/${name}`,
          hint: known.unknown(name).hint,
        });
    }
  }
  const file = `${kind}.json`;
  if (product.listing.files.includes(file)) {
    const document = await extract.folder.readDocument(`${product.path}/${file}`);
    for (const item of listItems(document?.root)) {
      const named = child(item, "name") ?? item;
      const name = stringOf(named);
      const id = name === undefined ? undefined : known.find(withoutRevision(name));
      if (id !== undefined) members.add(id);
      else if (document !== undefined && name === undefined) {
        reportAt(document.reading, item, "SP1004", `An item of ${file} must be a name, or an object with a "name"`);
      } else if (document !== undefined && name !== undefined) {
        reportAt(document.reading, named, "SP1102", known.unknown(name).message, known.unknown(name).hint);
      }
    }
    if (document !== undefined && document.root.kind !== "list")
      reportAt(document.reading, document.root, "SP1004", `${file} must hold a list`);
  }
  return [...members];
}

function listItems(root: DataNode | undefined): readonly DataNode[] {
  return root?.kind === "list" ? root.items : [];
}

function withoutRevision(name: string): string {
  return name.replace(/;rev=\d+$/, "");
}
