/** What an API definition gives: operations, before the folder's own files about them are read. */
import type { Operation } from "../snapshot.ts";
import type { OperationInput } from "./tool-input.ts";

export interface OperationDraft extends Omit<Operation, "policy"> {
  /** The operationId as the definition has it: an extract names the operation's folder by it. */
  readonly originalId: string | undefined;
  /** What it takes: read only when it is offered as a tool. */
  readonly input?: () => OperationInput;
}
