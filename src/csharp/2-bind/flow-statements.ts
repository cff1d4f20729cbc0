/** Definite assignment through statements (C# 7.3 section 9.4.4). */
import type { Block, For, ForEach, If, LocalFunctionStatement, Statement, Switch, Try, Using, While } from "./bound.ts";
import type { Flow } from "./flow.ts";
import { type Assigned, join, UNREACHABLE } from "./flow-state.ts";

/** States at jumps that have not met their destination yet. */
export interface Jumps {
  breaks: Assigned;
  continues: Assigned;
  readonly returns: Assigned[];
  readonly gotos: Map<string, Assigned>;
}

export function newJumps(): Jumps {
  return { breaks: UNREACHABLE, continues: UNREACHABLE, returns: [], gotos: new Map() };
}

export function flowBlock(flow: Flow, block: Block): void {
  flow.watch(block.locals);
  flowStatements(flow, block.statements);
}

function flowStatements(flow: Flow, statements: readonly Statement[]): void {
  watchDeclared(flow, statements);
  for (const s of statements) if (s.kind === "localFunction") flowFunction(flow, s);
  for (const s of statements) flowStatement(flow, s);
}

/** Variables are watched from the start of their block, where local functions may already name them; a switch is one block. */
function watchDeclared(flow: Flow, statements: readonly Statement[]): void {
  for (const s of statements) {
    if (s.kind === "localDeclaration") flow.tracked.add(s.local);
    if (s.kind === "switch") for (const section of s.sections) watchDeclared(flow, section.statements);
  }
}

function flowFunction(flow: Flow, s: LocalFunctionStatement): void {
  flow.localFunction(s, flow.tracked.mask());
}

function flowStatement(flow: Flow, s: Statement): void {
  switch (s.kind) {
    case "block":
      flowBlock(flow, s);
      return;
    case "localDeclaration":
      if (flow.state !== UNREACHABLE) flow.state &= ~flow.tracked.add(s.local);
      if (s.value) {
        flow.expression(s.value);
        flow.assign(s.local);
      }
      return;
    case "expressionStatement":
      flow.expression(s.expression);
      return;
    case "if":
      flowIf(flow, s);
      return;
    case "while":
      flowWhile(flow, s);
      return;
    case "do":
      inLoop(flow, () => {
        flowStatement(flow, s.body);
        flow.state = join(flow.state, flow.jumps.continues);
        flow.watch(s.locals);
        flow.state = flow.condition(s.condition).whenFalse;
      });
      return;
    case "for":
      flowFor(flow, s);
      return;
    case "forEach":
      flowForEach(flow, s);
      return;
    case "switch":
      flowSwitch(flow, s);
      return;
    case "try":
      flowTry(flow, s);
      return;
    case "using":
      flowUsing(flow, s);
      return;
    case "lock":
      flow.expression(s.expression);
      flowStatement(flow, s.body);
      return;
    default:
      flowJump(flow, s);
  }
}

function flowJump(flow: Flow, s: Statement): void {
  const { jumps } = flow;
  switch (s.kind) {
    case "break":
      jumps.breaks = join(jumps.breaks, flow.state);
      break;
    case "continue":
      jumps.continues = join(jumps.continues, flow.state);
      break;
    case "goto":
      jumps.gotos.set(s.label, join(jumps.gotos.get(s.label) ?? UNREACHABLE, flow.state));
      break;
    case "return":
      if (s.value) flow.expression(s.value);
      jumps.returns.push(flow.state);
      break;
    case "yieldReturn":
      flow.expression(s.value);
      return;
    case "yieldBreak":
      jumps.returns.push(flow.state);
      break;
    case "throw":
      if (s.exception) flow.expression(s.exception);
      break;
    case "labeled":
      // A jump back comes from further down, where at least as much is assigned.
      flow.state = join(flow.state, jumps.gotos.get(s.label) ?? UNREACHABLE);
      flowStatement(flow, s.statement);
      return;
    case "gotoCase":
      break;
    default:
      return;
  }
  flow.state = UNREACHABLE;
}

/** Runs with breaks and continues of its own; afterwards the breaks have joined. */
function inLoop(flow: Flow, run: () => void): void {
  const { jumps } = flow;
  const [breaks, continues] = [jumps.breaks, jumps.continues];
  jumps.breaks = UNREACHABLE;
  jumps.continues = UNREACHABLE;
  run();
  flow.state = join(flow.state, jumps.breaks);
  jumps.breaks = breaks;
  jumps.continues = continues;
}

function flowIf(flow: Flow, s: If): void {
  const { whenTrue, whenFalse } = flow.condition(s.condition);
  flow.state = whenTrue;
  flowStatement(flow, s.then);
  const then = flow.state;
  flow.state = whenFalse;
  if (s.else) flowStatement(flow, s.else);
  flow.state = join(then, flow.state);
}

function flowWhile(flow: Flow, s: While): void {
  flow.watch(s.locals);
  inLoop(flow, () => {
    const { whenTrue, whenFalse } = flow.condition(s.condition);
    flow.state = whenTrue;
    flowStatement(flow, s.body);
    flow.state = whenFalse;
  });
}

function flowFor(flow: Flow, s: For): void {
  flow.watch(s.locals);
  flowStatements(flow, s.initializers);
  inLoop(flow, () => {
    const { whenTrue, whenFalse } = s.condition
      ? flow.condition(s.condition)
      : { whenTrue: flow.state, whenFalse: UNREACHABLE };
    flow.state = whenTrue;
    flowStatement(flow, s.body);
    flow.state = join(flow.state, flow.jumps.continues);
    flow.all(s.increments);
    flow.state = whenFalse;
  });
}

function flowForEach(flow: Flow, s: ForEach): void {
  flow.expression(s.collection);
  flow.watch(s.locals);
  const before = flow.state;
  inLoop(flow, () => {
    flow.all(s.assignments);
    flowStatement(flow, s.body);
    flow.state = before;
  });
}

function flowSwitch(flow: Flow, s: Switch): void {
  flow.watch(s.locals);
  flow.expression(s.value);
  for (const section of s.sections) watchDeclared(flow, section.statements);
  const { jumps } = flow;
  const breaks = jumps.breaks;
  jumps.breaks = UNREACHABLE;
  const before = flow.state;
  const takesAll = s.complete || s.sections.some((section) => section.labels.some((l) => l.pattern === null));
  for (const section of s.sections) {
    flow.state = section.labels.map((label) => flowLabel(flow, label, before)).reduce(join, UNREACHABLE);
    flowStatements(flow, section.statements);
  }
  flow.state = takesAll ? jumps.breaks : join(jumps.breaks, before);
  jumps.breaks = breaks;
}

function flowLabel(flow: Flow, label: Switch["sections"][number]["labels"][number], before: Assigned): Assigned {
  flow.state = before;
  if (label.pattern) flow.pattern(label.pattern);
  return label.when ? flow.condition(label.when).whenTrue : flow.state;
}

function flowTry(flow: Flow, s: Try): void {
  const before = flow.state;
  flowBlock(flow, s.body);
  let end = flow.state;
  for (const c of s.catches) {
    flow.state = before;
    flow.watch(c.locals);
    if (c.filter) flow.state = flow.condition(c.filter).whenTrue;
    flowBlock(flow, c.body);
    end = join(end, flow.state);
  }
  if (s.finally) {
    flow.state = before;
    flowBlock(flow, s.finally);
    // What finally assigned is assigned on every way out; if it never ends, neither does the statement.
    end = flow.state === UNREACHABLE ? UNREACHABLE : end | flow.state;
  }
  flow.state = end;
}

function flowUsing(flow: Flow, s: Using): void {
  flow.watch(s.locals);
  for (const resource of s.resources) flow.expression(resource.value);
  flowStatement(flow, s.body);
}
