/** Whether control can leave a statement at its end (C# 7.3 section 13.2). */
import type { Block, Expression, Statement } from "./bound.ts";

export function endIsReachable(block: Block): boolean {
  return runs(block.statements);
}

function runs(statements: readonly Statement[]): boolean {
  let reachable = true;
  for (const s of statements) {
    // A label may be jumped to from anywhere in its block.
    if (s.kind === "labeled") reachable = true;
    if (reachable) reachable = completes(s);
  }
  return reachable;
}

function isTrue(e: Expression): boolean {
  return e.kind === "literal" && e.value === true;
}

function isFalse(e: Expression): boolean {
  return e.kind === "literal" && e.value === false;
}

/** Statements are asked about from each loop and switch around them: the answers are kept. */
const answers = new WeakMap<Statement, boolean>();

/** Can a reachable statement complete normally? */
export function completes(s: Statement): boolean {
  let answer = answers.get(s);
  if (answer === undefined) {
    answer = canComplete(s);
    answers.set(s, answer);
  }
  return answer;
}

function canComplete(s: Statement): boolean {
  switch (s.kind) {
    case "block":
      return runs(s.statements);
    case "if":
      return (
        (!isFalse(s.condition) && completes(s.then)) || (!isTrue(s.condition) && (s.else === null || completes(s.else)))
      );
    case "while":
      return !isTrue(s.condition) || breaks(s.body);
    case "do":
      return breaks(s.body) || (!isTrue(s.condition) && (completes(s.body) || continues(s.body)));
    case "for":
      return (s.condition !== null && !isTrue(s.condition)) || breaks(s.body);
    case "switch":
      return (
        !(s.complete || s.sections.some((section) => section.labels.some((l) => l.pattern === null))) ||
        s.sections.some((section) => anyJumps(section.statements, "break") || runs(section.statements))
      );
    case "try":
      return (
        (s.finally === null || runs(s.finally.statements)) &&
        (runs(s.body.statements) || s.catches.some((c) => runs(c.body.statements)))
      );
    case "using":
    case "lock":
      return completes(s.body);
    case "labeled":
      return completes(s.statement);
    case "return":
    case "yieldBreak":
    case "throw":
    case "goto":
    case "gotoCase":
    case "break":
    case "continue":
      return false;
    default:
      return true;
  }
}

/** Is there a `break`, one that can be reached, out of the loop or switch around this statement? */
function breaks(s: Statement): boolean {
  return jumps(s, "break");
}

function continues(s: Statement): boolean {
  return jumps(s, "continue");
}

function anyJumps(statements: readonly Statement[], kind: "break" | "continue"): boolean {
  let reachable = true;
  for (const s of statements) {
    if (s.kind === "labeled") reachable = true;
    if (reachable && jumps(s, kind)) return true;
    reachable &&= completes(s);
  }
  return false;
}

function jumps(s: Statement, kind: "break" | "continue"): boolean {
  const any = (statements: readonly Statement[]): boolean => anyJumps(statements, kind);
  switch (s.kind) {
    case "break":
    case "continue":
      return s.kind === kind;
    case "block":
      return any(s.statements);
    case "if":
      return (
        (!isFalse(s.condition) && jumps(s.then, kind)) ||
        (!isTrue(s.condition) && s.else !== null && jumps(s.else, kind))
      );
    case "switch":
      return kind === "continue" && s.sections.some((section) => any(section.statements));
    case "try":
      return any(s.body.statements) || s.catches.some((c) => any(c.body.statements));
    case "using":
    case "lock":
      return jumps(s.body, kind);
    case "labeled":
      return jumps(s.statement, kind);
    default:
      return false;
  }
}
