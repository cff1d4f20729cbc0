/** The tree of a regular expression. Items of a sequence stand in the order in which they are matched. */
import type { CharClass } from "./regex-char-class.ts";

export type Anchor =
  | "lineStart"
  | "lineEnd"
  | "boundary"
  | "nonBoundary"
  | "ecmaBoundary"
  | "nonEcmaBoundary"
  | "beginning"
  | "start"
  | "endZ"
  | "end";

export type RegexNode =
  | { readonly kind: "empty" }
  | { readonly kind: "text"; readonly text: string; readonly backward: boolean }
  | { readonly kind: "set"; readonly set: CharClass; readonly backward: boolean }
  | { readonly kind: "anchor"; readonly anchor: Anchor }
  | {
      readonly kind: "reference";
      readonly group: number;
      readonly ignoreCase: boolean;
      readonly backward: boolean;
      /** A group without capture matches nothing of length zero (ECMAScript) instead of failing. */
      readonly lenient: boolean;
    }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly item: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: "capture"; readonly item: RegexNode; readonly group: number; readonly uncapture: number }
  | { readonly kind: "look"; readonly item: RegexNode; readonly negative: boolean }
  | { readonly kind: "atomic"; readonly item: RegexNode }
  | { readonly kind: "ifGroup"; readonly group: number; readonly yes: RegexNode; readonly no: RegexNode }
  | { readonly kind: "ifMatch"; readonly test: RegexNode; readonly yes: RegexNode; readonly no: RegexNode };

/** `max` of a repeat without bound. */
export const UNBOUNDED = 0x7fffffff;

export const emptyNode: RegexNode = { kind: "empty" };

export function sequenceOf(items: readonly RegexNode[]): RegexNode {
  if (items.length === 1) return items[0];
  return items.length === 0 ? emptyNode : { kind: "sequence", items };
}

export function choiceOf(options: readonly RegexNode[]): RegexNode {
  return options.length === 1 ? options[0] : { kind: "choice", options };
}
