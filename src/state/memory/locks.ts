/** Slots in this process: given back by release, whatever happens in between. */
import type { Locks } from "../locks.ts";

export class MemoryLocks implements Locks {
  readonly #taken = new Map<string, number>();

  acquire(key: string, slots: number): (() => void) | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= slots) return undefined;
    this.#taken.set(key, taken + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left > 0) this.#taken.set(key, left);
      else this.#taken.delete(key);
    };
  }
}
