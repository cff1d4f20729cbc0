/**
 * Definite assignment (C# 7.3 section 9.4): no local is read before it has a value. Walks the bound tree in order of
 * evaluation. Parameters, `foreach` and `catch` variables always have a value.
 */
import type {
  BoundProgram,
  Expression,
  Lambda,
  Local,
  LocalFunction,
  LocalFunctionStatement,
  Pattern,
  RefConditional,
  Target,
} from "./bound.ts";
import {
  type Assigned,
  type Branches,
  type FunctionFlow,
  join,
  type Report,
  Tracked,
  UNREACHABLE,
} from "./flow-state.ts";
import { flowBlock, type Jumps, newJumps } from "./flow-statements.ts";

export function checkAssignments(program: BoundProgram, report: Report): void {
  const flow = new Flow(report);
  flow.watch(program.locals);
  if (program.body.kind === "block") flowBlock(flow, program.body);
  else flow.expression(program.body);
}

/** `t.a`, `t.Item2.b`: a part of a tuple variable, by the indices that lead to it. */
interface ElementOfLocal {
  readonly local: Local;
  readonly path: readonly number[];
  readonly name: string;
  /** Of the whole, from the variable on. */
  readonly start: number;
  readonly end: number;
}

export class Flow {
  state: Assigned = 0n;
  jumps: Jumps = newJumps();
  readonly tracked = new Tracked();
  readonly functions = new Map<LocalFunction, FunctionFlow>();
  readonly #report: Report;
  /** While a local function is looked through: its own variables, and what it needs of others. */
  #outer: { readonly mask: Assigned; readonly flow: FunctionFlow } | null = null;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Variables without a declaration statement: `out var x`, patterns. */
  watch(locals: readonly Local[]): void {
    for (const local of locals) {
      if (local.role === "out" || local.role === "pattern") this.tracked.add(local);
    }
  }

  assign(local: Local): void {
    this.state |= this.tracked.bit(local);
  }

  read(local: Local, start: number): void {
    const bit = this.tracked.bit(local);
    if ((this.state & bit) === bit) return;
    if (this.#outer && (this.#outer.mask & bit) !== 0n) this.#outer.flow.required |= bit;
    else this.report("CS0165", `Use of unassigned local variable '${local.name}'`, start, local.name.length);
    this.state |= bit;
  }

  /** An element of a tuple variable is as good as a variable. */
  #element(t: Expression | Target): ElementOfLocal | null {
    if (t.kind !== "tupleElement") return null;
    const { receiver, index, name = `Item${index + 1}` } = t;
    const end = t.start + name.length;
    if (receiver.kind === "local") return { local: receiver.local, path: [index], name, start: receiver.start, end };
    const outer = this.#element(receiver);
    return outer && { ...outer, path: [...outer.path, index], name, end };
  }

  #assignElement({ local, path }: ElementOfLocal): void {
    if ((~this.state & this.tracked.bit(local)) !== 0n) local.partial = true;
    this.state |= this.tracked.elementBit(local, path);
  }

  #readElement({ local, path, name, start, end }: ElementOfLocal): void {
    const bit = this.tracked.elementBit(local, path);
    if ((this.state & bit) === bit) return;
    if (this.#outer && (this.#outer.mask & bit) !== 0n) this.#outer.flow.required |= bit;
    else this.report("CS0170", `Use of possibly unassigned field '${name}'`, start, end - start);
    this.state |= bit;
  }

  report(code: string, message: string, start: number, length: number): void {
    this.#report(code, message, { start, end: start + length });
  }

  /** The body of a lambda or local function: control returns here whatever happens in it. */
  nested(run: () => void): void {
    const [state, jumps] = [this.state, this.jumps];
    this.jumps = newJumps();
    run();
    this.state = state;
    this.jumps = jumps;
  }

  /** Looks through a local function; `outer` are the variables around it. */
  localFunction({ function: fn, body, iterator }: LocalFunctionStatement, outer: Assigned): void {
    const flow: FunctionFlow = { required: 0n, given: 0n };
    this.functions.set(fn, flow);
    const former = this.#outer;
    this.#outer = { mask: outer, flow };
    this.nested(() => {
      this.state = 0n;
      const outs = fn.parameters.filter((p) => p.byRef === "out");
      for (const out of outs) this.tracked.add(out);
      flowBlock(this, body);
      const end = this.jumps.returns.reduce(join, this.state);
      for (const out of outs) {
        if ((end & this.tracked.bit(out)) !== 0n) continue;
        const message = `The out parameter '${out.name}' must be assigned to before control leaves the current method`;
        this.report("CS0177", message, fn.start, fn.name.length);
      }
      // The body of an iterator has not run when the call returns.
      flow.given = end === UNREACHABLE || iterator ? 0n : end & outer;
    });
    this.#outer = former;
  }

  call(fn: LocalFunction, start: number): void {
    const flow = this.functions.get(fn);
    if (!flow) return;
    const missing = flow.required & ~this.state;
    if (missing !== 0n && this.#outer) this.#outer.flow.required |= missing & this.#outer.mask;
    if (missing !== 0n && !this.#outer) {
      for (const name of this.tracked.names(missing)) {
        this.report("CS0165", `Use of unassigned local variable '${name}'`, start, fn.name.length);
      }
    }
    this.state |= flow.given | missing;
  }

  // ---- Conditions ---------------------------------------------------------------------------------------------------

  condition(e: Expression): Branches {
    if (e.kind === "literal" && typeof e.value === "boolean") {
      return e.value
        ? { whenTrue: this.state, whenFalse: UNREACHABLE }
        : { whenTrue: UNREACHABLE, whenFalse: this.state };
    }
    if (e.kind === "unary" && e.op === "!" && !e.method && !e.lifted) {
      const { whenTrue, whenFalse } = this.condition(e.operand);
      return { whenTrue: whenFalse, whenFalse: whenTrue };
    }
    if (e.kind === "logical") return this.#logical(e);
    if (e.kind === "isPattern") {
      this.expression(e.operand);
      const whenFalse = this.state;
      this.pattern(e.pattern);
      return { whenTrue: this.state, whenFalse: e.pattern.kind === "varPattern" ? UNREACHABLE : whenFalse };
    }
    if (e.kind === "conditional") return this.#conditional(e);
    this.expression(e);
    return { whenTrue: this.state, whenFalse: this.state };
  }

  #logical(e: Expression & { kind: "logical" }): Branches {
    const left = this.condition(e.left);
    this.state = e.op === "&&" ? left.whenTrue : left.whenFalse;
    const right = this.condition(e.right);
    return e.op === "&&"
      ? { whenTrue: right.whenTrue, whenFalse: join(left.whenFalse, right.whenFalse) }
      : { whenTrue: join(left.whenTrue, right.whenTrue), whenFalse: right.whenFalse };
  }

  #conditional(e: Expression & { kind: "conditional" }): Branches {
    const { whenTrue, whenFalse } = this.condition(e.condition);
    this.state = whenTrue;
    const yes = this.condition(e.whenTrue);
    this.state = whenFalse;
    const no = this.condition(e.whenFalse);
    return { whenTrue: join(yes.whenTrue, no.whenTrue), whenFalse: join(yes.whenFalse, no.whenFalse) };
  }

  pattern(pattern: Pattern): void {
    if (pattern.kind !== "constantPattern" && pattern.local) this.assign(pattern.local);
  }

  // ---- Expressions --------------------------------------------------------------------------------------------------

  all(expressions: readonly Expression[]): void {
    for (const e of expressions) this.expression(e);
  }

  expression(e: Expression): void {
    switch (e.kind) {
      case "local":
        this.read(e.local, e.start);
        return;
      case "logical":
      case "isPattern":
      case "conditional": {
        const { whenTrue, whenFalse } = this.condition(e);
        this.state = join(whenTrue, whenFalse);
        return;
      }
      case "refConditional":
        this.#refConditional(e);
        return;
      case "coalesce":
        this.expression(e.left);
        this.#maybe(() => this.expression(e.right));
        return;
      case "conditionalAccess":
        this.expression(e.receiver);
        this.#maybe(() => this.expression(e.access));
        return;
      case "lambda":
        this.#lambda(e);
        return;
      case "assignment":
        this.target(e.target);
        this.expression(e.value);
        this.#written(e.target);
        return;
      case "compoundAssignment":
      case "increment":
        this.#readTarget(e.target);
        this.expression(e.value);
        return;
      case "reference":
        if (e.mode === "out") this.target(e.target);
        else this.#readTarget(e.target);
        this.#written(e.target);
        return;
      case "localFunctionCall":
        this.all(e.args);
        this.call(e.function, e.start);
        return;
      case "throwExpression":
        this.expression(e.exception);
        this.state = UNREACHABLE;
        return;
      default:
        this.#children(e);
    }
  }

  #refConditional({ condition, ...either }: RefConditional): void {
    const { whenTrue, whenFalse } = this.condition(condition);
    this.state = whenTrue;
    this.expression(either.whenTrue);
    const afterTrue = this.state;
    this.state = whenFalse;
    this.expression(either.whenFalse);
    this.state = join(afterTrue, this.state);
  }

  /** Something that may not be evaluated. */
  #maybe(run: () => void): void {
    const before = this.state;
    run();
    this.state = join(before, this.state);
  }

  #lambda(e: Lambda): void {
    this.nested(() => {
      this.watch(e.locals);
      if (e.body.kind === "block") flowBlock(this, e.body);
      else this.expression(e.body);
    });
  }

  #readTarget(t: Target): void {
    const element = this.#element(t);
    if (t.kind === "local") this.read(t.local, t.start);
    else if (element) this.#readElement(element);
    else this.target(t);
  }

  #written(t: Target): void {
    const element = this.#element(t);
    if (t.kind === "local") this.assign(t.local);
    else if (element) this.#assignElement(element);
  }

  /** The parts of a target that are evaluated before it is written. */
  target(t: Target): void {
    if (t.kind === "local" || t.kind === "discard" || this.#element(t)) return;
    if (t.kind === "tupleElement") this.expression(t.receiver);
    else if (t.kind === "localFunctionCall" || t.kind === "refConditional") this.expression(t);
    else this.#children(t);
  }

  /** Parts that are evaluated one after the other. */
  #children(e: Expression): void {
    switch (e.kind) {
      case "conversion":
      case "unary":
      case "isType":
      case "as":
        this.expression(e.operand);
        return;
      case "tupleConversion":
        this.expression(e.operand);
        this.all(e.elements);
        return;
      case "binary":
        this.expression(e.left);
        this.expression(e.right);
        return;
      case "concatenation":
        this.all(e.parts);
        return;
      case "call":
      case "indexer":
      case "dynamicIndex":
      case "dynamicInvoke":
        if (e.receiver) this.expression(e.receiver);
        this.all(e.args);
        return;
      case "delegateInvoke":
        this.expression(e.delegate);
        this.all(e.args);
        return;
      case "tupleElement": {
        const element = this.#element(e);
        if (element) this.#readElement(element);
        else this.expression(e.receiver);
        return;
      }
      case "property":
      case "field":
      case "anonymousMember":
      case "dynamicMember":
        if (e.receiver) this.expression(e.receiver);
        return;
      default:
        this.#creation(e);
    }
  }

  #creation(e: Expression): void {
    switch (e.kind) {
      case "arrayAccess":
        this.expression(e.array);
        this.expression(e.index);
        return;
      case "multiArrayAccess":
        this.expression(e.array);
        this.all(e.indices);
        return;
      case "arrayLength":
        this.expression(e.array);
        return;
      case "arrayCreation":
        if (e.length) this.expression(e.length);
        this.all(e.items ?? []);
        return;
      case "multiArrayCreation":
        this.all(e.lengths);
        this.all(e.items ?? []);
        return;
      case "new":
        this.all(e.args);
        return;
      case "initialization":
        this.expression(e.value);
        this.all(e.effects);
        return;
      case "anonymous":
      case "tuple":
        this.all(e.values);
        return;
      case "sequence":
        this.all(e.effects);
        this.expression(e.result);
        return;
      case "interpolated":
        for (const part of e.parts) if (typeof part !== "string") this.expression(part.value);
        return;
      case "dynamicOperation":
        this.all(e.operands);
        return;
    }
  }
}
