/** What RegexOptions.NonBacktracking does not take: constructs whose meaning is a way of searching. */
import { notSupported } from "./exceptions-thrown.ts";
import type { RegexNode } from "./regex-node.ts";

/** Throws NotSupportedException at the first such construct. */
export function requireNoBacktracking(node: RegexNode): void {
  const construct = constructOf(node);
  if (construct !== undefined) {
    throw notSupported(
      `RegexOptions.NonBacktracking is not supported in conjunction with expressions containing: '${construct}'.`,
    );
  }
  for (const child of childrenOf(node)) requireNoBacktracking(child);
}

function constructOf(node: RegexNode): string | undefined {
  switch (node.kind) {
    case "reference":
      return "backreference (\\ number)";
    case "atomic":
      return "atomic subexpressions (?> pattern)";
    case "ifGroup":
      return "captured group conditional (?( name ) yes-pattern | no-pattern ) or (?( number ) yes-pattern| no-pattern )";
    case "ifMatch":
      return "test conditional (?( test-pattern ) yes-pattern | no-pattern )";
    case "look":
      return node.negative
        ? "negative lookahead (?! pattern) or negative lookbehind (?<! pattern)"
        : "positive lookahead (?= pattern) or positive lookbehind (?<= pattern)";
    case "capture":
      return node.uncapture < 0
        ? undefined
        : "balancing group (?<name1-name2>subexpression) or (?'name1-name2' subexpression)";
    case "anchor":
      return node.anchor === "start" ? "contiguous matches (\\G)" : undefined;
    default:
      return undefined;
  }
}

function childrenOf(node: RegexNode): readonly RegexNode[] {
  if (node.kind === "sequence") return node.items;
  if (node.kind === "choice") return node.options;
  return node.kind === "repeat" || node.kind === "capture" ? [node.item] : [];
}
