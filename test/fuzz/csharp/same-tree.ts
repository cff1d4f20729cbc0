/** Are two syntax trees the same but for positions? */

/** Positions, and spellings that have no meaning. */
const IGNORED: ReadonlySet<string> = new Set([
  "start",
  "end",
  "operatorStart",
  "arrowStart",
  "nameStart",
  "labelStart",
  "intoStart",
  "verbatim",
]);

/** Where they differ, as a path of property names, or undefined. */
export function difference(a: unknown, b: unknown, path = ""): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return `${path}: ${String(a)} and ${String(b)}`;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    if (IGNORED.has(key)) continue;
    const found = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (found) return found;
  }
  return undefined;
}
