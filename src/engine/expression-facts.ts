/** What a bound expression does with `context`, for the warnings of `check`: variables, bodies, dates that become text. */
import type { Block, BoundProgram, Expression, Statement } from "../csharp/2-bind/bound.ts";
import { type AnyNode, visitChildren } from "../csharp/2-bind/tree-walk.ts";
import { bodyReadAgain } from "./body-reads.ts";

export interface ExpressionFacts {
  /** `context.Variables["name"]`, which throws when there is none. */
  readonly variableReads: readonly { readonly name: string; readonly start: number }[];
  /** Names that are asked for with care: ContainsKey, GetValueOrDefault, TryGetValue. */
  readonly variableTests: ReadonlySet<string>;
  /** Variables are used in a way that says nothing about names. */
  readonly usesVariablesOpenly: boolean;
  /** Where a body is read that was read before without preserveContent. */
  readonly bodyReadAgain: readonly number[];
  /** Where a date becomes part of the resulting text without a format. */
  readonly dateTexts: readonly number[];
}

export function factsOf({ body }: BoundProgram): ExpressionFacts {
  const variables = new VariableUses();
  variables.visit(body);
  return {
    variableReads: variables.reads,
    variableTests: variables.tests,
    usesVariablesOpenly: variables.isOpen,
    bodyReadAgain: bodyReadAgain(body),
    dateTexts: resultsOf(body).flatMap(dateTexts),
  };
}

const CAREFUL: ReadonlySet<string> = new Set(["ContainsKey", "GetValueOrDefault", "TryGetValue"]);

class VariableUses {
  readonly reads: { name: string; start: number }[] = [];
  readonly tests = new Set<string>();
  isOpen = false;

  visit(node: AnyNode): void {
    const e = node as Expression | Statement;
    if (e.kind === "property" && e.member.declaringType.name === "IContext" && e.member.key === "Variables") {
      this.isOpen = true;
    } else if (e.kind === "indexer" && isVariables(e.receiver)) {
      const [key] = e.args;
      if (key.kind === "literal") this.reads.push({ name: String(key.value), start: e.start });
      else this.visit(key);
    } else if (e.kind === "call" && this.#isTest(e)) {
      for (const arg of e.args) if (!isVariables(arg)) this.visit(arg);
    } else if (e.kind === "try" && e.catches.length > 0) {
      // What is missing is provided for.
      const known = this.reads.length;
      visitChildren(e, (child) => this.visit(child));
      for (const { name } of this.reads.splice(known)) this.tests.add(name);
    } else {
      visitChildren(e, (child) => this.visit(child));
    }
  }

  #isTest({ receiver, member, args }: Expression & { kind: "call" }): boolean {
    if (!CAREFUL.has(member.def.n ?? "")) return false;
    const [dictionary, key] = receiver === null ? args : [receiver, args[0]];
    if (dictionary === undefined || !isVariables(dictionary) || key?.kind !== "literal") return false;
    this.tests.add(String(key.value));
    return true;
  }
}

function isVariables(e: Expression): boolean {
  if (e.kind === "conversion") return isVariables(e.operand);
  return e.kind === "property" && e.member.declaringType.name === "IContext" && e.member.key === "Variables";
}

/** The values that an expression may result in. */
function resultsOf(body: Expression | Block): Expression[] {
  if (body.kind !== "block") return [body];
  const results: Expression[] = [];
  const visit = (node: AnyNode): void => {
    if (node.kind === "lambda" || node.kind === "localFunction") return;
    const s = node as Statement;
    if (s.kind === "return" && s.value !== null) results.push(s.value);
    else visitChildren(s, visit);
  };
  visit(body);
  return results;
}

const DATES: ReadonlySet<string> = new Set(["System.DateTime", "System.DateTimeOffset"]);

/** Dates whose text without a format (month/day/year, no zone) is part of an expression's text. */
function dateTexts(e: Expression): number[] {
  if (DATES.has(e.type.name)) return [e.start];
  switch (e.kind) {
    case "conversion":
      return dateTexts(e.operand);
    case "call":
      return e.member.key === "ToString()" && e.receiver !== null && DATES.has(e.receiver.type.name) ? [e.start] : [];
    case "concatenation":
      return e.parts.flatMap(dateTexts);
    case "interpolated":
      return e.parts.flatMap((part) => (typeof part === "string" || part.format !== null ? [] : dateTexts(part.value)));
    case "conditional":
      return [...dateTexts(e.whenTrue), ...dateTexts(e.whenFalse)];
    case "coalesce":
      return [...dateTexts(e.value), ...dateTexts(e.right)];
    default:
      return [];
  }
}
