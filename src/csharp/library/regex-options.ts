/** System.Text.RegularExpressions.RegexOptions as bits. */
export const RegexOptions = {
  ignoreCase: 1,
  multiline: 2,
  explicitCapture: 4,
  compiled: 8,
  singleline: 16,
  ignorePatternWhitespace: 32,
  rightToLeft: 64,
  ecmaScript: 256,
  cultureInvariant: 512,
  nonBacktracking: 1024,
} as const;

const ALL = Object.values(RegexOptions).reduce((all, bit) => all | bit, 0);
const WITH_ECMASCRIPT =
  RegexOptions.ecmaScript | RegexOptions.ignoreCase | RegexOptions.multiline | RegexOptions.compiled;

/** Are these options that a Regex takes together? */
export function areValid(options: number): boolean {
  if (options < 0 || (options & ~ALL) !== 0) return false;
  if ((options & RegexOptions.ecmaScript) !== 0 && (options & ~WITH_ECMASCRIPT) !== 0) return false;
  const directed = RegexOptions.ecmaScript | RegexOptions.rightToLeft;
  return (options & RegexOptions.nonBacktracking) === 0 || (options & directed) === 0;
}
