/** What an API definition gives: operations, before the folder's own files about them are read. */
import type { Operation } from "../snapshot.ts";

export interface OperationDraft extends Omit<Operation, "policy"> {
  /** The operationId as the definition has it: an extract names the operation's folder by it. */
  readonly originalId: string | undefined;
}
