/**
 * The shapes of dates and times that DateTime.Parse knows, as a state machine over tokens.
 *
 * Tokens: `n` a number of one or two digits, `Y` one of three or more, `M` a month name, each with what follows it: `.` the end, ` ` a
 * space, `/` a date separator, `:` a time separator, `a` AM or PM. Alone: `day` a day of the week, `zone`, `era`, `end`.
 * States name what was seen, with the separator at the end; results (in capitals) name what a complete part consists of.
 */

export type State =
  | "begin"
  | "n "
  | "n n "
  | "n/"
  | "n/n "
  | "n/n/"
  | "M "
  | "M n "
  | "n M "
  | "M n/"
  | "Y "
  | "Y n "
  | "Y n/"
  | "Y M "
  | "Y M/"
  | "n:"
  | "n:n:";

/** A complete date (D_) or time (T_) of these numbers, month names and years, in the order in which they stood. */
export type Completion =
  | "D_NN"
  | "D_NNN"
  | "D_MN"
  | "D_NM"
  | "D_MNN"
  | "D_YNN"
  | "D_NNY"
  | "D_YMN"
  | "D_YN"
  | "D_YM"
  | "T_N"
  | "T_NN"
  | "T_NNN";

export type Token =
  | "end"
  | "n."
  | "na"
  | "n "
  | "n/"
  | "n:"
  | "M."
  | "M "
  | "M/"
  | "Y."
  | "Y "
  | "Y/"
  | "day"
  | "zone"
  | "era";

type Row = Partial<Record<Token, State | Completion>>;

// biome-ignore format: a table reads better in few lines
const GRAMMAR: Readonly<Record<State, Row>> = {
  begin: {
    end: "begin", na: "T_N", "n ": "n ", "n/": "n/", "n:": "n:", "M ": "M ", "M/": "M ", "Y ": "Y ", "Y/": "Y ",
    day: "begin", zone: "begin", era: "begin",
  },
  "n ": {
    "n.": "D_NN", na: "T_NN", "n ": "n n ", "n/": "n/n/", "M.": "D_NM", "M ": "n M ", "M/": "M n/",
    "Y.": "D_YN", "Y ": "Y n ", "Y/": "Y n/", day: "n ", zone: "n ", era: "n ",
  },
  "n n ": {
    end: "D_NN", "n.": "D_NNN", na: "T_NNN", "n ": "D_NNN", "n:": "n:", "M.": "D_MNN", "M ": "D_MNN",
    "Y.": "D_NNY", "Y ": "D_NNY", day: "n n ", zone: "n n ", era: "n n ",
  },
  "n/": {
    "n.": "D_NN", "n ": "n/n ", "n/": "n/n/", "M.": "D_NM", "M ": "M n ", "M/": "M n/",
    "Y.": "D_YN", "Y ": "Y n ", "Y/": "Y n/", day: "n/", era: "n/",
  },
  "n/n ": {
    end: "D_NN", "n.": "D_NNN", na: "T_N", "n ": "D_NNN", "n:": "n:", "M.": "D_MNN", "M ": "D_MNN",
    "Y.": "D_NNY", "Y ": "D_NNY", day: "n/n ", era: "n/n ",
  },
  "n/n/": {
    "n.": "D_NNN", na: "D_NNN", "n ": "D_NNN", "M.": "D_MNN", "M ": "D_MNN", "Y.": "D_NNY", "Y ": "D_NNY",
    day: "n/n/", era: "n/n/",
  },
  "M ": { "n.": "D_MN", "n ": "M n ", "n/": "M n/", "Y.": "D_YM", "Y ": "Y M ", "Y/": "Y M/", day: "M ", era: "M " },
  "M n ": {
    end: "D_MN", "n.": "D_MNN", na: "D_MNN", "n ": "D_MNN", "n:": "n:", "Y.": "D_YMN", "Y ": "D_YMN",
    day: "M n ", era: "M n ",
  },
  "n M ": {
    end: "D_NM", "n.": "D_MNN", na: "D_MNN", "n ": "D_MNN", "n:": "n:", "Y.": "D_YMN", "Y ": "D_YMN",
    day: "n M ", era: "n M ",
  },
  "M n/": { "n.": "D_MNN", "n ": "D_MNN", "Y.": "D_YMN", "Y ": "D_YMN", day: "M n/", era: "M n/" },
  "Y ": { "n.": "D_YN", "n ": "Y n ", "n/": "Y n/", "M.": "D_YM", "M ": "Y M ", "M/": "Y M/", day: "Y ", era: "Y " },
  "Y n ": {
    end: "D_YN", "n.": "D_YNN", na: "D_YNN", "n ": "D_YNN", "M.": "D_YMN", "M ": "D_YMN", day: "Y n ", era: "Y n ",
  },
  "Y n/": { "n.": "D_YNN", na: "D_YNN", "n ": "D_YNN", "M.": "D_YMN", "M ": "D_YMN", day: "Y n ", era: "Y n " },
  "Y M ": { end: "D_YM", "n.": "D_YMN", na: "D_YMN", "n ": "D_YMN", day: "Y M ", era: "Y M " },
  "Y M/": { "n.": "D_YMN", na: "D_YMN", "n ": "D_YMN", day: "Y M ", era: "Y M " },
  "n:": { "n.": "T_NN", na: "T_NN", "n ": "T_NN", "n:": "n:n:", "M.": "D_NM", "M ": "n M ", zone: "n:", era: "n:" },
  "n:n:": { "n.": "T_NNN", na: "T_NNN", "n ": "T_NNN", day: "n:n:", zone: "n:n:", era: "n:n:" },
};

/** Where a token leads to; undefined when no date goes on like that. */
export function next(state: State, token: Token): State | Completion | undefined {
  return GRAMMAR[state][token];
}

export function isCompletion(step: State | Completion | undefined): step is Completion {
  return step !== undefined && (step.startsWith("D_") || step.startsWith("T_"));
}
