/** Query syntax: from, where, let, join, orderby, select, group, into. */
import type { Type } from "../../../src/csharp/types.ts";
import type { Generator } from "./generator.ts";
import { BOOL, enumerableOf, INT, pickArgument } from "./target-types.ts";

export function queryExpression(g: Generator, t: Type): string | undefined {
  if (t.name !== "System.Collections.Generic.IEnumerable" || t.args.length === 0) return undefined;
  const { dice } = g;
  const element = pickArgument(dice);
  const range = { name: g.newName(), type: element, isAssignable: false };
  const clauses = [`from ${dice.oneIn(6) ? `${element} ` : ""}${range.name} in ${g.expression(enumerableOf(element))}`];
  const seen = [range];
  for (let n = dice.below(4); n > 0; n--) clauses.push(clause(g, seen));
  const end = g.within(seen, () => g.expression(t.args[0]));
  if (dice.oneIn(5)) {
    const name = g.newName();
    const key = g.within(seen, () => g.expression(INT));
    const result = g.within([], () => g.expression(t.args[0]));
    return `(${clauses.join(" ")} group ${range.name} by ${key} into ${name} select ${result})`;
  }
  return `(${clauses.join(" ")} select ${end})`;
}

function clause(g: Generator, seen: { name: string; type: Type; isAssignable: boolean }[]): string {
  const { dice } = g;
  const inside = (t: Type) => g.within(seen, () => g.expression(t));
  const declare = (type: Type) => {
    const variable = { name: g.newName(), type, isAssignable: false };
    return variable;
  };
  switch (dice.below(5)) {
    case 0: {
      const variable = declare(pickArgument(dice));
      const text = `let ${variable.name} = ${inside(variable.type)}`;
      seen.push(variable);
      return text;
    }
    case 1:
      return `orderby ${inside(pickArgument(dice))}${dice.oneIn(2) ? " descending" : ""}, ${inside(INT)}`;
    case 2: {
      const variable = declare(pickArgument(dice));
      const text = `from ${variable.name} in ${inside(enumerableOf(variable.type))}`;
      seen.push(variable);
      return text;
    }
    case 3: {
      const variable = declare(INT);
      const source = g.expression(enumerableOf(INT));
      const left = inside(INT);
      const right = g.within([variable], () => g.expression(INT));
      seen.push(variable);
      return `join ${variable.name} in ${source} on ${left} equals ${right}`;
    }
    default:
      return `where ${inside(BOOL)}`;
  }
}
