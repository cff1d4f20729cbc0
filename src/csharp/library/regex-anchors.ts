/** Anchors of regular expressions: conditions on a position that match no text. */
import { isBoundaryWord, isEcmaScriptWord } from "./regex-char-class.ts";
import type { Anchor } from "./regex-node.ts";

const NEW_LINE = 10;

/** @param start where the search began, for `\G` */
export function isAtAnchor(anchor: Anchor, text: string, position: number, start: number): boolean {
  switch (anchor) {
    case "beginning":
      return position === 0;
    case "start":
      return position === start;
    case "end":
      return position === text.length;
    case "endZ":
      return position === text.length || (position === text.length - 1 && text.charCodeAt(position) === NEW_LINE);
    case "lineStart":
      return position === 0 || text.charCodeAt(position - 1) === NEW_LINE;
    case "lineEnd":
      return position === text.length || text.charCodeAt(position) === NEW_LINE;
    case "boundary":
      return isBoundary(text, position, isBoundaryWord);
    case "nonBoundary":
      return !isBoundary(text, position, isBoundaryWord);
    case "ecmaBoundary":
      return isBoundary(text, position, isEcmaScriptWord);
    case "nonEcmaBoundary":
      return !isBoundary(text, position, isEcmaScriptWord);
  }
}

function isBoundary(text: string, position: number, isWord: (unit: number) => boolean): boolean {
  const before = position > 0 && isWord(text.charCodeAt(position - 1));
  const after = position < text.length && isWord(text.charCodeAt(position));
  return before !== after;
}
