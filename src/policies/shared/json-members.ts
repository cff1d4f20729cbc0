/**
 * Looks into the text of a JSON document for what parsers read in different ways: a member given twice (RFC 8259 section 4), and
 * nesting so deep that some give up. JSON.parse tells of neither.
 */

const MAX_DEPTH = 64;

/** @param json text that JSON.parse accepts */
export function isUnambiguous(json: string): boolean {
  /** Names of the objects that are open, innermost last; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === "{" || char === "[") {
      if (open.push(char === "{" ? new Set() : undefined) > MAX_DEPTH) return false;
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(json, i);
      const names = open.at(-1);
      if (names !== undefined && isName(json, end)) {
        const name = JSON.parse(json.slice(i, end)) as string;
        if (names.has(name)) return false;
        names.add(name);
      }
      i = end - 1;
    }
  }
  return true;
}

/** Index after the closing quote. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i + 1;
}

function isName(json: string, at: number): boolean {
  let i = at;
  while (json[i] === " " || json[i] === "\t" || json[i] === "\n" || json[i] === "\r") i++;
  return json[i] === ":";
}
