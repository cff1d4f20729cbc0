/** Which variables may be set when a document's expressions run: by itself, or by any document that can run in the same request. */
import type { Api, Operation } from "../resources/snapshot.ts";
import type { XmlElement, XmlValue } from "../xml/tree.ts";
import type { CheckedDocument } from "./warnings.ts";

/** Where a document stands; neither: it may run with any other (global, product, fragment). */
export interface DocumentPlace {
  readonly api?: Api;
  readonly operation?: Operation;
}

/** Names; undefined when there may be any. */
export type Names = ReadonlySet<string> | undefined;

interface Entry {
  readonly document: CheckedDocument;
  readonly place: DocumentPlace;
  readonly names: Names;
}

export class KnownVariables {
  readonly #entries: Entry[];
  readonly #byApi: ReadonlyMap<Api | undefined, readonly Entry[]>;
  readonly #all: Names;
  readonly #shared: Names;

  constructor(documents: Iterable<readonly [CheckedDocument, DocumentPlace]>) {
    this.#entries = Array.from(documents, ([document, place]) => ({ document, place, names: namesIn(document) }));
    this.#byApi = Map.groupBy(this.#entries, (e) => e.place.api);
    this.#all = union(this.#entries);
    this.#shared = union(this.#byApi.get(undefined) ?? []);
  }

  *documents(): Generator<{ document: CheckedDocument; names: Names }> {
    for (const { document, place } of this.#entries) yield { document, names: this.#namesAt(place) };
  }

  #namesAt({ api, operation }: DocumentPlace): Names {
    if (api === undefined) return this.#all;
    const own = (this.#byApi.get(api) ?? []).filter(
      ({ place }) => operation === undefined || place.operation === undefined || place.operation === operation,
    );
    return union([{ names: this.#shared }, ...own]);
  }
}

function union(parts: readonly { readonly names: Names }[]): Names {
  const all = new Set<string>();
  for (const { names } of parts) {
    if (names === undefined) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

/** Names that the document sets somewhere, or asks for with care. */
function namesIn({ roots, findings }: CheckedDocument): Names {
  const names = new Set<string>();
  for (const { facts } of findings.values()) {
    if (facts.usesVariablesOpenly) return undefined;
    for (const name of facts.variableTests) names.add(name);
  }
  for (const value of roots.flatMap((root) => [...namesSet(root)])) {
    if (value.expression !== undefined || value.text.includes("{{")) return undefined;
    names.add(value.text);
  }
  return names;
}

/** `set-variable name="..."` and every attribute in the manner of `response-variable-name`. */
function* namesSet(element: XmlElement): Generator<XmlValue> {
  for (const { name, value } of element.attributes)
    if (name.includes("variable") || (name === "name" && element.name === "set-variable")) yield value;
  for (const child of element.children) if (child.kind === "element") yield* namesSet(child);
}
