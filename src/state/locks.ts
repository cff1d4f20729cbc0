/** Counted slots (limit-concurrency). A slot not released is given back when its lease ends. */
export interface Locks {
  /** Takes one of `slots` for `key`; undefined when all are taken. Call the result once to release. */
  acquire(key: string, slots: number): (() => void) | undefined | Promise<(() => void) | undefined>;
}
