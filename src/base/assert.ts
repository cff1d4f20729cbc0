/** `assert` is for what cannot happen: a failure is a defect of Sallyport, never a mistake of its user. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Internal error: ${message}. Please report it.`);
}

/** Marks a branch that the type checker proves unreachable. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}. Please report it.`);
}
