/**
 * Policy fragments: policy fragments/<id>/policy.xml; older extracts hold the text in policyFragmentInformation.json.
 */
import { SourceText } from "../../base/source-text.ts";
import type { PolicyDocument } from "../snapshot.ts";
import { type Extract, type Item, itemsIn, policyOf } from "./layout.ts";

export async function readFragments(
  extract: Extract,
  folders: readonly string[],
): Promise<Map<string, PolicyDocument>> {
  const fragments = new Map<string, PolicyDocument>();
  for (const item of await itemsIn(extract, folders)) {
    const policy = (await policyOf(extract, item)) ?? (await inlinePolicy(extract, item));
    if (policy !== undefined) fragments.set(item.id, policy);
  }
  return fragments;
}

async function inlinePolicy(extract: Extract, item: Item): Promise<PolicyDocument | undefined> {
  const file = "policyFragmentInformation.json";
  const properties = item.listing.files.includes(file)
    ? (await extract.folder.readFields(`${item.path}/${file}`))?.object("properties")
    : undefined;
  const node = properties?.get("value");
  if (properties !== undefined && node?.kind === "scalar" && typeof node.value === "string") {
    // Escapes make offsets in the text and in the file differ: mistakes point at the value as a whole.
    const origin = { original: properties.reading.source, origin: () => node.start };
    return { source: new SourceText(node.value, properties.reading.source.file, origin) };
  }
  if (!item.listing.files.includes("policy.xml")) {
    extract.folder.diagnostics.error("SP1101", `The policy fragment "${item.id}" has no policy.xml`, {
      file: item.path,
      hint: "Extract again, or remove the folder.",
    });
  }
  return undefined;
}
