/** What expressions see of the world around them: the clock and the local time zone. Replaced as a whole, so that tests and hosts can. */

export interface Ambient {
  /** Milliseconds since 1970-01-01 UTC; may have a fraction. */
  nowMs(): number;
  /** IANA name of the local time zone, for DateTime.Now, ToLocalTime() and TimeZoneInfo.Local. */
  readonly timeZone: string;
}

const standard: Ambient = { nowMs: () => Date.now(), timeZone: "UTC" };

let current: Ambient = standard;

/** The clock and time zone in force. */
export function ambient(): Ambient {
  return current;
}

/** Replaces parts of the surroundings; without an argument the machine's clock and UTC return. Answers the former ones. */
export function setAmbient(changes: Partial<Ambient> = standard): Ambient {
  const before = current;
  current = { ...current, ...changes };
  return before;
}
