/** JSON strings for log lines, made by hand: most values need no escaping, and values from outside must not grow without bound. */

const MAX_LENGTH = 2_048;
/** Printable ASCII without quote and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** C1 control characters: JSON allows them, terminals obey them. */
const CONTROL = /[\u007f-\u009f\u2028\u2029]/g;

/** Cut at 2 KiB. */
export function quote(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
  if (PLAIN.test(cut)) return `"${cut}"`;
  return JSON.stringify(cut).replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
