/** Switch statements with constants and patterns, and `goto case` (C# 7.3 section 13.8.3). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, isConstant, isInvalid } from "./binder.ts";
import type {
  ConstantValue,
  Expression,
  GotoCase,
  Pattern,
  Statement,
  Switch,
  SwitchLabel,
  SwitchSection,
} from "./bound.ts";
import { constantText } from "./constants.ts";
import { convertImplicitly, toCondition, toValue } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import { declareLocalFunctions } from "./local-functions.ts";
import { bindPattern } from "./patterns.ts";
import { endIsReachable } from "./reachability.ts";
import { type FinallyContext, Scope } from "./scope.ts";
import { bindInOrder, reportFinally } from "./statements.ts";
import { Taken } from "./subsumption.ts";
import { CHAR, STRING, strip } from "./well-known.ts";

/** The switch whose sections are being bound. */
export interface SwitchContext {
  readonly id: number;
  readonly type: Type;
  /** Section of each constant label; that of `default` under DEFAULT. */
  readonly sections: Map<string, number>;
  hasGoto: boolean;
  readonly outer: SwitchContext | null;
  readonly scope: Scope;
  /** The finally block around the switch. */
  readonly finally: FinallyContext | null;
}

const DEFAULT = "default";

/** Distinguishes the constant 1 from "1". */
function keyOf(value: ConstantValue): string {
  return `${typeof value} ${typeof value === "object" && value ? `${value.mantissa}/${value.scale}` : value}`;
}

export function bindSwitch(b: Binder, node: Syntax.SwitchStatement): Statement {
  const value = toValue(b, bindOperand(b, node.expression), node.expression);
  const scope = new Scope(b.scope, b.scope.fn);
  const id = b.nextId();
  const context: SwitchContext = {
    id,
    type: value.type,
    sections: new Map(),
    hasGoto: false,
    outer: b.switch,
    scope,
    finally: b.scope.fn.finally,
  };
  const former = b.switch;
  b.switch = context;
  // A section can name the variables of another one.
  b.needsFlow = true;
  const scopes = node.sections.map(() => new Scope(scope, scope.fn, scope));
  for (const [i, section] of node.sections.entries())
    b.within(scopes[i], () => declareLocalFunctions(b, section.statements));
  const labels = node.sections.map((section, i) =>
    b.within(scopes[i], () => bindLabels(b, section, i, context, value)),
  );
  const complete = checkReach(b, node, labels, value);
  scope.fn.breakable++;
  const sections = node.sections.map((section, i) =>
    b.within(scopes[i], () => bindSection(b, section, labels[i], i === node.sections.length - 1)),
  );
  scope.fn.breakable--;
  b.switch = former;
  const all = labels.flat();
  const constant = all.every((l) => l.when === null && (l.pattern === null || l.pattern.kind === "constantPattern"));
  const locals = [...scope.locals, ...scopes.flatMap((s) => s.locals)];
  const { start } = node;
  const { hasGoto: hasGotoCase } = context;
  const bound: Switch = { kind: "switch", start, id, locals, value, sections, constant, complete, hasGotoCase };
  return withFunctions(bound);
}

/** Every section can call the functions of the others: they stand in a block around the switch, with its variables. */
function withFunctions(node: Switch): Statement {
  const functions = node.sections.flatMap((s) => s.statements.filter((each) => each.kind === "localFunction"));
  if (functions.length === 0) return node;
  const sections = node.sections.map(({ labels, statements }) => ({
    labels,
    statements: statements.filter((each) => each.kind !== "localFunction"),
  }));
  const { start, locals } = node;
  return { kind: "block", start, locals, statements: [...functions, { ...node, locals: [], sections }] };
}

/**
 * Reports labels that no value reaches; tells whether some label takes every value. With constants alone, as before C# 7, only a
 * constant value counts as taken.
 */
function checkReach(
  b: Binder,
  node: Syntax.SwitchStatement,
  labels: readonly (readonly SwitchLabel[])[],
  value: Expression,
): boolean {
  const taken = new Taken(value.type);
  const nodes = node.sections.flatMap((section) => section.labels);
  const all = labels.flat();
  for (const [i, label] of all.entries()) {
    const at = nodes[i];
    if (label.pattern === FAILED || value.type === errorType) return false;
    if (label.pattern === null || at.kind !== "CaseLabel") continue;
    const duplicate = label.pattern.kind === "constantPattern" && label.when === null && taken.repeats(label.pattern);
    if (!duplicate && taken.covers(label.pattern)) {
      const message =
        "The switch case is unreachable. It has already been handled by a previous case or it is impossible to match.";
      b.report("CS8120", message, at.pattern);
      return false;
    }
    taken.add(label);
  }
  const plain = all.every((l) => l.when === null && (l.pattern === null || l.pattern.kind === "constantPattern"));
  if (!plain) return taken.everything();
  return isConstant(value) && taken.covers({ kind: "constantPattern", value });
}

function bindLabels(
  b: Binder,
  node: Syntax.SwitchSection,
  index: number,
  context: SwitchContext,
  value: Expression,
): SwitchLabel[] {
  return node.labels.map((label) => {
    if (label.kind === "DefaultLabel") {
      claim(b, context, DEFAULT, "default", index, label);
      return { pattern: null, when: null };
    }
    const pattern = bindPattern(b, label.pattern, value.type);
    const when = label.when ? toCondition(b, bindOperand(b, label.when), label.when) : null;
    if (pattern?.kind === "constantPattern" && !when) {
      claim(
        b,
        context,
        keyOf(pattern.value.value),
        constantText(pattern.value.value, pattern.value.type),
        index,
        label,
      );
    }
    // A failed pattern was reported; it must not look like `default`.
    return { pattern: pattern ?? FAILED, when };
  });
}

const FAILED: Pattern = { kind: "varPattern", local: null };

function claim(
  b: Binder,
  context: SwitchContext,
  key: string,
  shown: string,
  index: number,
  at: Syntax.SwitchLabel,
): void {
  if (context.sections.has(key))
    b.report("CS0152", `The switch statement contains multiple cases with the label value '${shown}'`, at);
  else context.sections.set(key, index);
}

function bindSection(
  b: Binder,
  node: Syntax.SwitchSection,
  labels: readonly SwitchLabel[],
  last: boolean,
): SwitchSection {
  const before = b.errors.length;
  const statements = bindInOrder(b, node.statements);
  if (b.errors.length === before && endIsReachable({ kind: "block", start: node.start, locals: [], statements })) {
    const label = labelText(labels[labels.length - 1]);
    const at = node.labels[node.labels.length - 1];
    if (last)
      b.report(
        "CS8070",
        `Control cannot fall out of switch from final case label ('${label}')`,
        at,
        "end the section with break;",
      );
    else
      b.report(
        "CS0163",
        `Control cannot fall through from one case label ('${label}') to another`,
        at,
        "end the section with break;",
      );
  }
  return { labels, statements };
}

function labelText(label: SwitchLabel): string {
  const { pattern } = label;
  if (pattern === null) return "default:";
  if (pattern.kind !== "constantPattern") return "case";
  const { value, type } = pattern.value;
  const text = constantText(value, type);
  return `case ${type === STRING && value !== null ? `"${text}"` : type === CHAR ? `'${text}'` : text}:`;
}

export function bindGotoCase(b: Binder, node: Syntax.GotoCaseStatement | Syntax.GotoDefaultStatement): Statement {
  const context = b.switch;
  if (!context || context.scope.fn !== b.scope.fn) {
    b.report("CS0153", "A goto case is only valid inside a switch statement", node);
    return { kind: "empty", start: node.start };
  }
  let key = DEFAULT;
  let shown = "default:";
  if (node.kind === "GotoCaseStatement") {
    const value = convertImplicitly(b, bindOperand(b, node.value), strip(context.type), node.value);
    if (isInvalid(value)) return { kind: "empty", start: node.start };
    if (value.kind !== "literal") {
      b.report("CS0150", "A constant value is expected", node.value);
      return { kind: "empty", start: node.start };
    }
    key = keyOf(value.value);
    shown = `case ${constantText(value.value, value.type)}:`;
  }
  const section = context.sections.get(key);
  if (section === undefined) {
    b.report("CS0159", `No such label '${shown}' within the scope of the goto statement`, node);
    return { kind: "empty", start: node.start };
  }
  if (b.scope.fn.finally !== context.finally) reportFinally(b, node);
  context.hasGoto = true;
  return { kind: "gotoCase", start: node.start, switch: context.id, section } satisfies GotoCase;
}
