/** Comments that silence warnings (SW) and findings of the audit (SA) in the element after them: `<!-- sallyport-disable SW3001, SA3001: why -->`. */

const DISABLE = /^\s*sallyport-disable\s+((?:S[AW]\d{4}[\s,]*)+)/;

/** @param comments those before an element */
export function disabledBy(comments: readonly string[]): string[] {
  return comments.flatMap((comment) => DISABLE.exec(comment)?.[1].match(/S[AW]\d{4}/g) ?? []);
}

/** What is silenced in an element, given what is around it. */
export function silencedIn(around: ReadonlySet<string>, comments: readonly string[]): ReadonlySet<string> {
  const own = disabledBy(comments);
  return own.length === 0 ? around : around.union(new Set(own));
}
