/** What the parser reports: the C# compiler's code and message at its position, with a way out where one is known. */

export interface ParseError {
  /** The compiler's code, for example `CS1026`. */
  readonly code: string;
  /** The compiler's message. */
  readonly message: string;
  /** Offsets into the code, always inside of it: 0 <= start <= end <= code.length. */
  readonly start: number;
  readonly end: number;
  /** What to write instead. */
  readonly hint?: string;
  /**
   * Where the compiler reports it, as an offset relative to the code inside `(` newline code newline `); }` (an expression) or inside
   * `{` code `}` (a block): it may lie before or behind the code. Only for comparison with the compiler; people are shown `start`.
   */
  readonly compilerOffset: number;
}
