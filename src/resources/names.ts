/** Ids of one kind of resource. APIM compares them without regard to case. */
import { closest } from "../base/closest.ts";

export class Names {
  /** What they name, for messages: "API". */
  readonly kind: string;
  readonly #byLowerCase = new Map<string, string>();

  constructor(kind: string, ids: Iterable<string> = []) {
    this.kind = kind;
    for (const id of ids) this.add(id);
  }

  /** False when an id that differs in case only is there already. */
  add(id: string): boolean {
    const key = id.toLowerCase();
    if (this.#byLowerCase.has(key)) return false;
    this.#byLowerCase.set(key, id);
    return true;
  }

  /** The id as first spelt. */
  find(id: string): string | undefined {
    return this.#byLowerCase.get(id.toLowerCase());
  }

  /** What is wrong with a reference to an id that is not there. */
  unknown(id: string): { message: string; hint: string } {
    const near = closest(id, this.#byLowerCase.values());
    const known = [...this.#byLowerCase.values()];
    const few =
      known.length === 0
        ? `There is no ${this.kind} at all.`
        : `Known: ${known.slice(0, 8).join(", ")}${known.length > 8 ? ", ..." : ""}.`;
    return { message: `There is no ${this.kind} "${id}"`, hint: near === undefined ? few : `Did you mean "${near}"?` };
  }
}
