/** Tokens of C# 7.3: their kinds and what they carry. */
import type { Span } from "./ast-types.ts";
import type { ParseError } from "./parse-error.ts";

const RESERVED =
  `abstract as base bool break byte case catch char checked class const continue decimal default delegate do double
  else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long
  namespace new null object operator out override params private protected public readonly ref return sbyte sealed short sizeof
  stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile
  while`.split(/\s+/);

/** Reserved words; a token of such a word has the word as its kind. */
export const keywords: ReadonlySet<string> = new Set(RESERVED);

const keywordKinds: ReadonlyMap<string, string> = new Map(RESERVED.map((word) => [word, word]));

/** The kind of a word that is not escaped with `@`. */
export function wordKind(word: string): string {
  return keywordKinds.get(word) ?? "identifier";
}

/** Types that are keywords. */
export const predefinedTypes: ReadonlySet<string> = new Set(
  "bool byte char decimal double float int long object sbyte short string uint ulong ushort void".split(" "),
);

/** Value of a number token: the literal with its type. */
export interface NumberValue {
  readonly type: "int" | "uint" | "long" | "ulong" | "float" | "double" | "decimal";
  readonly value: number | bigint | string;
  /** See NumberLiteral.minimum. */
  readonly minimum: boolean;
}

/** A hole of an interpolated string: the text between `{` and `}` as offsets into the code; the format begins after its colon. */
export interface Hole extends Span {
  /** Offset of the colon, or -1. */
  readonly colon: number;
  /** Format with escapes resolved; undefined without a colon. */
  readonly format: string | undefined;
}

/** Text or hole of an interpolated string. */
export type InterpolationPart = (Span & { readonly text: string }) | Hole;

/**
 * Kinds: a punctuator or reserved word is its own kind; others are `identifier`, `numberLiteral`, `stringLiteral`, `charLiteral`, `interpolatedString`
 * and `end`. `>` always stands alone (`>>` is two tokens, because it may close two lists of type arguments); `?.` is two tokens.
 */
export class Token {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** Name of an identifier, text of a string, UTF-16 unit of a char, NumberValue, parts of an interpolated string. */
  readonly value: unknown;
  /** Written with `@`. */
  readonly verbatim: boolean;
  /** What the lexer found wrong in it or in the blanks before it. */
  readonly errors: readonly ParseError[] | undefined;

  constructor(
    kind: string,
    start: number,
    end: number,
    value: unknown = undefined,
    verbatim = false,
    errors: readonly ParseError[] | undefined = undefined,
  ) {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.value = value;
    this.verbatim = verbatim;
    this.errors = errors;
  }
}
