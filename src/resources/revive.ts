/** A snapshot that came from another thread: copying takes the methods of source texts away; here they are put back. */
import { SourceText } from "../base/source-text.ts";
import type { PolicyDocument, Snapshot } from "./snapshot.ts";

export function revived(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    policy: document(snapshot.policy),
    apis: snapshot.apis.map((api) => ({
      ...api,
      policy: document(api.policy),
      operations: api.operations.map((operation) => ({ ...operation, policy: document(operation.policy) })),
    })),
    products: new Map(
      [...snapshot.products].map(([id, product]) => [id, { ...product, policy: document(product.policy) }]),
    ),
    fragments: new Map([...snapshot.fragments].map(([id, fragment]) => [id, { source: text(fragment) }])),
  };
}

function document(copied: PolicyDocument | undefined): PolicyDocument | undefined {
  return copied === undefined ? undefined : { source: text(copied) };
}

function text({ source }: PolicyDocument): SourceText {
  return new SourceText(source.text, source.file);
}
