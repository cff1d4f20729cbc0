/**
 * Names of operations as APIM makes them when it imports a definition: lower case, everything that is neither letter
 * nor digit becomes a single dash, trimmed, at most 76 characters; a name taken already gets -1, -2 ...
 * https://learn.microsoft.com/azure/api-management/api-management-api-import-restrictions#operation
 */
const MAX_LENGTH = 76;

export function normalizeId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_LENGTH)
    .replace(/^-|-$/g, "");
}

/** Gives out names, each once. */
export class OperationIds {
  readonly #taken = new Map<string, number>();

  /** The name for an operationId, or for method and path where there is none. */
  make(operationId: string | undefined, method: string, path: string): string {
    const wanted = normalizeId(operationId ?? "") || normalizeId(`${method}-${path}`);
    const count = this.#taken.get(wanted);
    this.#taken.set(wanted, (count ?? 0) + 1);
    return count === undefined ? wanted : this.make(`${wanted}-${count}`, method, path);
  }
}
