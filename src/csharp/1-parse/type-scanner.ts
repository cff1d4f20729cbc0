/**
 * Looks ahead over types without building them, to tell casts from parentheses, type arguments from comparisons and declarations
 * from expressions. The rules are the language's (and, where it is silent, the C# compiler's):
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure#625-grammar-ambiguities
 */
import { MAX_DEPTH } from "./scanner.ts";
import { predefinedTypes, type Token } from "./token.ts";
import { isWord, TokenCursor } from "./token-cursor.ts";

/** Where a type stands; it decides what a `?` or an identifier after it means. */
export type TypeMode = "normal" | "afterIs" | "afterAs" | "new" | "pattern" | "afterOut" | "tupleFirst" | "tupleNext";

/** What a scanned text can be. `must` is certainly a type; the others may be expressions as well. */
type Scanned = "not" | "must" | "name" | "generic" | "genericMethod" | "alias" | "nullable" | "tuple";

/** After a parenthesised name these say that it was no cast. */
const cannotFollowCast: ReadonlySet<string> = new Set(
  `as is ; ) ] { } , = += -= *= /= %= &= |= ^= <<= ? : || && | ^ & == != < <= > >= ??= << + - * / % ++ -- [ . -> ?? end switch
  => ..`.split(/\s+/),
);

/** After `>` these say that `<` opened type arguments. */
const followsTypeArguments: ReadonlySet<string> = new Set(
  "( ) ] } : ; , . ? == != | ^ && || & [ < <= >= is as { end".split(" "),
);

export class TypeScanner extends TokenCursor {
  /** Index of the token that the scan looks at. */
  protected scanIndex = 0;
  #depth = 0;

  private get ahead(): Token {
    return this.tokens[this.scanIndex];
  }

  private isAhead(kind: string): boolean {
    return this.tokens[this.scanIndex].kind === kind;
  }

  private skipAhead(): void {
    if (this.scanIndex < this.tokens.length - 1) this.scanIndex++;
  }

  private skipIf(kind: string): boolean {
    if (!this.isAhead(kind)) return false;
    this.skipAhead();
    return true;
  }

  /** Kind of the token behind what was scanned last. */
  protected get afterScan(): string {
    return this.ahead.kind;
  }

  /** Is the token behind what was scanned last an identifier? */
  protected get identifierAfterScan(): boolean {
    return this.isIdentifier(this.ahead);
  }

  protected beginScan(ahead = 0): void {
    this.scanIndex = Math.min(this.index + ahead, this.tokens.length - 1);
  }

  /** Scans a type from `scanIndex`. */
  protected scanType(): Scanned {
    if (++this.#depth > MAX_DEPTH) {
      this.#depth--;
      return "not";
    }
    if (this.skipIf("ref")) this.skipIf("readonly");
    const start = this.scanTypeStart();
    this.#depth--;
    return start === "not" ? start : this.scanTypeEnd(start);
  }

  private scanTypeEnd(start: Scanned): Scanned {
    let result = start;
    for (let last = ""; ; ) {
      if (this.isAhead("?") && last !== "?") {
        result = "nullable";
        last = "?";
        this.skipAhead();
      } else if (this.isAhead("[")) {
        this.skipAhead();
        while (this.skipIf(","));
        if (!this.skipIf("]")) return "not";
        result = "must";
        last = "]";
      } else {
        return result;
      }
    }
  }

  private scanTypeStart(): Scanned {
    const token = this.ahead;
    if (predefinedTypes.has(token.kind)) {
      this.skipAhead();
      return "must";
    }
    if (token.kind === "(") return this.scanTupleType();
    if (token.kind !== "identifier") return "not";
    let result = this.scanNamePart();
    for (let first = true; result !== "not" && (this.isAhead(".") || this.isAhead("::")); first = false) {
      const alias = first && this.isAhead("::");
      this.skipAhead();
      result = this.scanNamePart();
      if (alias && result !== "not") result = "alias";
    }
    return result;
  }

  private scanNamePart(): Scanned {
    if (!this.isIdentifier(this.ahead)) return "not";
    this.skipAhead();
    return this.isAhead("<") ? this.scanTypeArguments().kind : "name";
  }

  /** Scans `(T, U)` from `scanIndex`. */
  protected scanTupleType(): Scanned {
    this.skipAhead();
    let count = 0;
    do {
      if (this.scanType() === "not") return "not";
      if (this.isIdentifier(this.ahead)) this.skipAhead();
      count++;
    } while (this.skipIf(","));
    return count > 1 && this.skipIf(")") ? "tuple" : "not";
  }

  /** Scans `<...>`; `certain` when no expression could look like that. */
  private scanTypeArguments(): { kind: Scanned; certain: boolean } {
    let certain = false;
    let kind: Scanned = "generic";
    do {
      this.skipAhead();
      if (this.isAhead("[")) return { kind: "not", certain };
      if (this.isAhead(">") || this.isAhead(",")) {
        certain = true;
        continue;
      }
      const argument = this.scanType();
      const separated = this.isAhead(",") || this.isAhead(">");
      if (argument === "not") return { kind: "not", certain };
      if (argument === "must" || argument === "nullable") {
        certain ||= separated;
        if (argument === "must" || separated) kind = "genericMethod";
      } else if (argument === "generic") {
        certain ||= this.isAhead(",");
        kind = "genericMethod";
      } else if (argument === "genericMethod" || argument === "tuple") {
        kind = "genericMethod";
      }
    } while (this.isAhead(","));
    return this.skipIf(">") ? { kind, certain } : { kind: "not", certain };
  }

  /** At `<` after a name in an expression: does it open type arguments? */
  protected atTypeArguments(mode: TypeMode): boolean {
    this.beginScan();
    const { kind, certain } = this.scanTypeArguments();
    if (kind === "not") return false;
    if (certain || followsTypeArguments.has(this.afterScan)) return true;
    const next = this.tokens[Math.min(this.scanIndex + 1, this.tokens.length - 1)].kind;
    if (this.isAhead(">")) return mode === "afterIs" && next !== ">";
    if (!this.isAhead("identifier")) return false;
    if (mode === "tupleFirst") return next === ",";
    if (mode === "tupleNext") return next === "," || next === ")";
    return mode === "afterIs" || mode === "pattern" || mode === "afterOut";
  }

  /** At `(`: is `(T)` a cast? */
  protected atCast(): boolean {
    this.beginScan(1);
    const type = this.scanType();
    if (type === "not" || !this.skipIf(")")) return false;
    if (type === "nullable" || type === "must" || type === "alias") return true;
    return !cannotFollowCast.has(this.afterScan) && (this.afterScan !== "identifier" || this.identifierAfterScan);
  }

  /** Scans `x`, `_` or, when allowed, `(x, (y, _))`. */
  private scanDesignation(allowParentheses: boolean): boolean {
    if (this.isIdentifier(this.ahead)) {
      this.skipAhead();
      return true;
    }
    if (!allowParentheses || !this.skipIf("(")) return false;
    let count = 0;
    do {
      if (!this.scanDesignation(true)) return false;
      count++;
    } while (this.skipIf(","));
    return count > 1 && this.skipIf(")");
  }

  /** Does a declaration (`int x`, `var (a, b)`) stand here rather than an expression? */
  protected atDeclaration(mode: TypeMode, allowParentheses: boolean): boolean {
    if (this.token.kind !== "identifier" && this.token.kind !== "(" && !predefinedTypes.has(this.token.kind))
      return false;
    this.beginScan();
    const start = this.scanIndex;
    if (this.scanType() === "not") return false;
    const last = this.tokens[this.scanIndex - 1];
    const plain = (this.scanIndex === start + 1 && isWord(this.token, "var")) || predefinedTypes.has(last.kind);
    if (!this.scanDesignation(allowParentheses && plain)) return false;
    if (mode === "tupleFirst") return this.isAhead(",");
    if (mode === "tupleNext") return this.isAhead(",") || this.isAhead(")");
    return true;
  }

  /** Is `var (a, b) =` (or `in`, before a foreach collection) here? */
  protected atDeconstruction(): boolean {
    if (!this.atWord("var") || this.peek(1).kind !== "(") return false;
    this.beginScan(1);
    return this.scanDesignation(true) && this.isAhead("=");
  }
}
