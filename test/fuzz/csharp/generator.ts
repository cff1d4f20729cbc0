/**
 * Programs, made from the wanted type backwards: an expression of type T is a literal, a variable, an operator, a member of the signature
 * table whose result is T, or a conversion, with parts made in the same way. Mostly well typed; where a choice of the generator does not
 * fit (inference, constraints), the compiler says so, which is a case too.
 */
import { parseType, type Type, tupleOf } from "../../../src/csharp/types.ts";
import { implementations } from "./catalogue.ts";
import { conversion, operator, patternTest } from "./operators.ts";
import { literal } from "./literals.ts";
import { memberExpression } from "./members.ts";
import { queryExpression } from "./queries.ts";
import type { Dice } from "./random.ts";
import { statements } from "./statements.ts";
import { BOOL, pickArgument, pickType, STRING } from "./target-types.ts";

export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly isAssignable: boolean;
}

export interface Program {
  readonly kind: "expr" | "block";
  readonly code: string;
}

export class Generator {
  readonly dice: Dice;
  /** Nodes that may still be made; at zero everything becomes a literal. */
  budget: number;
  /** Innermost last. */
  scope: Variable[];
  #nextName = 0;

  constructor(dice: Dice, globals: readonly Variable[]) {
    this.dice = dice;
    this.budget = 4 + dice.below(dice.oneIn(6) ? 90 : 28);
    this.scope = [...globals];
  }

  program(): Program {
    if (!this.dice.oneIn(3)) return { kind: "expr", code: this.expression(pickType(this.dice)) };
    return { kind: "block", code: statements(this, pickType(this.dice), 0) };
  }

  newName(): string {
    return `${this.dice.oneIn(30) ? "constructor" : "v"}${this.#nextName++}`;
  }

  /** Makes parts that see these variables too. */
  within<T>(variables: readonly Variable[], make: () => T): T {
    const outer = this.scope;
    this.scope = [...outer, ...variables];
    const made = make();
    this.scope = outer;
    return made;
  }

  /** @param parameter what the value is for, so that texts can be fitting */
  expression(t: Type, parameter = ""): string {
    if (--this.budget <= 0) return this.leaf(t, parameter);
    const { dice } = this;
    if (dice.oneIn(150)) return this.expression(pickType(dice));
    if (t.kind === "delegate") return this.lambda(t);
    if (t.kind === "tuple") return this.#tuple(t);
    const make = dice.weighted<() => string | undefined>([
      [24, () => this.leaf(t, parameter)],
      [34, () => memberExpression(this, t)],
      [18, () => operator(this, t)],
      [7, () => this.#implementation(t)],
      [4, () => conversion(this, t)],
      [3, () => `(${this.expression(BOOL)} ? ${this.expression(t)} : ${this.expression(t)})`],
      [4, () => this.#coalesce(t)],
      [3, () => this.#element(t)],
      [2, () => queryExpression(this, t)],
      [2, () => `((Func<${t}>)(() => ${this.expression(t)}))()`],
      [2, () => this.#oddity(t)],
      [t === BOOL ? 8 : 0, () => patternTest(this)],
      [t === STRING ? 14 : 0, () => this.#interpolation()],
    ]);
    return make() ?? this.leaf(t, parameter);
  }

  /** A variable or the simplest expression. */
  leaf(t: Type, parameter = ""): string {
    const { dice } = this;
    const fitting = this.scope.filter((v) => v.type === t);
    if (fitting.length > 0 && !dice.oneIn(3)) return dice.pick(fitting).name;
    const made = literal(dice, t, parameter);
    if (made !== undefined) return made;
    if (t.kind === "array") return this.#arrayLeaf(t);
    if (t.kind === "delegate") return this.lambda(t);
    if (t.kind === "tuple") return this.#tuple(t);
    return this.#objectLeaf(t);
  }

  #arrayLeaf(t: Type): string {
    const [element] = t.args;
    const count = this.dice.below(4);
    if (count === 0) return `new ${element}[${this.dice.below(3)}]`;
    return `new ${element}[] { ${Array.from({ length: count }, () => this.leaf(element)).join(", ")} }`;
  }

  #objectLeaf(t: Type): string {
    const [first, second] = t.args;
    switch (t.simpleName) {
      case "IEnumerable":
      case "IReadOnlyList":
      case "IList":
        if (first) return `new ${first}[] { ${this.leaf(first)}, ${this.leaf(first)} }`;
        break;
      case "List":
      case "HashSet":
      case "SortedSet":
        return `new ${t} { ${this.leaf(first)}, ${this.leaf(first)} }`;
      case "Dictionary":
      case "SortedDictionary":
        return `new ${t} { ${this.dice.oneIn(2) ? `{ ${this.leaf(first)}, ${this.leaf(second)} }` : `[${this.leaf(first)}] = ${this.leaf(second)}`} }`;
      case "KeyValuePair":
      case "Tuple":
        return `new ${t}(${t.args.map((a) => this.leaf(a)).join(", ")})`;
      case "IGrouping":
        return `new ${second}[] { ${this.leaf(second)} }.GroupBy(g => ${this.leaf(first)}).First()`;
      case "ILookup":
        return `new ${second}[] { ${this.leaf(second)} }.ToLookup(g => ${this.leaf(first)})`;
      case "IOrderedEnumerable":
        return `new ${first}[] { ${this.leaf(first)}, ${this.leaf(first)} }.OrderBy(o => o)`;
    }
    const isMade = t.def.m.some((m) => m.k === "ctor" && m.p?.length === 0);
    return isMade && !this.dice.oneIn(5) ? `new ${t}()` : `default(${t})`;
  }

  #tuple(t: Type): string {
    const parts = t.args.map((a, i) => {
      const label = t.memberNames?.[i];
      return `${label && this.dice.oneIn(2) ? `${label}: ` : ""}(${a})${this.leafOr(a)}`;
    });
    return `(${parts.join(", ")})`;
  }

  /** Inside of brackets, where a whole expression needs its own. */
  leafOr(t: Type): string {
    return this.budget > 3 ? `(${this.expression(t)})` : `(${this.leaf(t)})`;
  }

  /** A lambda, sometimes with a block, sometimes with types. */
  lambda(t: Type): string {
    const invoke = t.def.m.find((m) => m.n === "Invoke");
    if (!invoke) return `default(${t})`;
    const { dice } = this;
    const params = (invoke.p ?? []).map((p) => ({
      name: this.newName(),
      type: closed(p.t, t),
      isAssignable: true,
    }));
    const result = closed(invoke.r as string, t);
    const typed = dice.oneIn(6);
    const list = params.map((p) => (typed ? `${p.type} ${p.name}` : p.name)).join(", ");
    const head = params.length === 1 && !typed ? list : `(${list})`;
    const body = this.within(params, () => {
      if (result.name === "System.Void") return "{ }";
      if (dice.oneIn(12) && this.budget > 6) return `{ ${statements(this, result, 2)} }`;
      return params.length > 0 && dice.oneIn(3) ? this.#using(params[0], result) : this.expression(result);
    });
    if (dice.oneIn(25) && body.startsWith("{"))
      return `delegate(${params.map((p) => `${p.type} ${p.name}`).join(", ")}) ${body}`;
    return `${head} => ${body}`;
  }

  #using(variable: Variable, result: Type): string {
    return variable.type === result ? variable.name : this.expression(result);
  }

  /** A value of a type that implements or extends the wanted one. */
  #implementation(t: Type): string | undefined {
    const list = implementations(t);
    if (list.length > 0) return this.expression(this.dice.pick(list));
    return t.name === "System.Object" ? `(object)${this.leafOr(pickType(this.dice))}` : undefined;
  }

  #coalesce(t: Type): string | undefined {
    if (t.isNullable || !t.isValueType) return `(${this.expression(t)} ?? ${this.expression(t)})`;
    return `(${this.leafOr(t)} as ${t}? ?? ${this.expression(t)})`;
  }

  #element(t: Type): string | undefined {
    const index = this.dice.oneIn(8) ? this.leafOr(pickType(this.dice)) : String(this.dice.below(3));
    switch (this.dice.below(4)) {
      case 0:
        return `new List<${t}> { ${this.expression(t)}, ${this.leaf(t)} }[${index}]`;
      case 1:
        return `new Dictionary<string, ${t}> { ["a"] = ${this.expression(t)} }[${this.leaf(STRING, "key")}]`;
      case 2:
        return `new { P = ${this.leafOr(t)} }.P`;
      default:
        return `new ${t.kind === "array" ? `List<${t}>` : `${t}[]`} { ${this.expression(t)} }[${index}]`;
    }
  }

  #interpolation(): string {
    const holes = Array.from({ length: 1 + this.dice.below(3) }, () => {
      const alignment = this.dice.oneIn(5) ? `,${this.dice.pick(["5", "-8", "0", "1"])}` : "";
      const format = this.dice.oneIn(4) ? `:${this.dice.pick(["N2", "x", "yyyy", "0.0", "D4", "o", "c"])}` : "";
      return `{${this.leafOr(pickType(this.dice))}${alignment}${format}}`;
    });
    return `$"a{{${holes.join(" ")}"`;
  }

  #oddity(t: Type): string {
    const { dice } = this;
    switch (dice.below(6)) {
      case 0:
        return `(${this.expression(t)} ?? throw new Exception(${this.leaf(STRING)}))`;
      case 1:
        return `default(${t})`;
      case 2:
        return `${dice.pick(["checked", "unchecked"])}(${this.expression(t)})`;
      case 3:
        return `(${t})(object)${this.leafOr(dice.oneIn(4) ? pickArgument(dice) : t)}`;
      case 4:
        return `(${this.expression(BOOL)} ? ${this.expression(t)} : throw new InvalidOperationException("o"))`;
      default: {
        const dynamic = `((dynamic)${this.leafOr(tupleOf([t, STRING]))}).Item1`;
        return `(${t})${dice.oneIn(2) ? dynamic : `(dynamic)${this.leafOr(t)}`}`;
      }
    }
  }
}

function closed(text: string, t: Type): Type {
  return parseType(text, t.args);
}
