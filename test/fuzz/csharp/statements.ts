/** Blocks: declarations, assignments, branches, bounded loops, exceptions, local functions and jumps, ended by a return. */
import { arrayOf, type Type, type } from "../../../src/csharp/types.ts";
import type { Generator, Variable } from "./generator.ts";
import { BOOL, enumerableOf, EXCEPTION, INT, listOf, OBJECT, pickArgument, pickType, STRING } from "./target-types.ts";

const DEEPEST = 3;

/** Statements that return a `result` at their end. */
export function statements(g: Generator, result: Type, depth: number): string {
  const outer = g.scope;
  const list = some(g, result, depth);
  if (g.dice.oneIn(12)) list.push(`throw ${g.expression(EXCEPTION)};`);
  else list.push(`return ${g.expression(result)};`);
  g.scope = outer;
  return list.join(" ");
}

function some(g: Generator, result: Type, depth: number): string[] {
  return Array.from({ length: 1 + g.dice.below(depth === 0 ? 5 : 3) }, () => statement(g, result, depth));
}

/** A block in braces whose variables end with it. */
function block(g: Generator, result: Type, depth: number, variables: readonly Variable[] = [], last = ""): string {
  return g.within(variables, () => `{ ${[...some(g, result, depth + 1), last].join(" ")} }`);
}

function declare(g: Generator, t: Type, isAssignable = true): Variable {
  const variable = { name: g.newName(), type: t, isAssignable };
  g.scope = [...g.scope, variable];
  return variable;
}

function statement(g: Generator, result: Type, depth: number): string {
  if (depth >= DEEPEST || g.budget < 4) return declaration(g);
  const make = g.dice.weighted<() => string>([
    [10, () => declaration(g)],
    [6, () => assignment(g)],
    [5, () => branch(g, result, depth)],
    [6, () => loop(g, result, depth)],
    [4, () => exception(g, result, depth)],
    [3, () => choice(g, result, depth)],
    [3, () => localFunction(g)],
    [2, () => generator(g)],
    [2, () => oddity(g, result, depth)],
  ]);
  return make();
}

function declaration(g: Generator): string {
  const t = pickType(g.dice);
  const value = g.expression(t);
  if (g.dice.oneIn(12)) return deconstruction(g);
  const variable = declare(g, t);
  const isPlain = /^(null|default)$|=>/.test(value);
  return `${isPlain || g.dice.oneIn(2) ? t : "var"} ${variable.name} = ${isPlain ? value : `(${t})(${value})`};`;
}

function deconstruction(g: Generator): string {
  const types = [pickArgument(g.dice), pickArgument(g.dice)];
  const value = types.map((t) => `(${t})${g.leafOr(t)}`).join(", ");
  const [a, b] = types.map((t) => declare(g, t));
  return g.dice.oneIn(2)
    ? `var (${a.name}, ${b.name}) = (${value});`
    : `(${a.type} ${a.name}, ${b.type} ${b.name}) = (${value});`;
}

function assignment(g: Generator): string {
  const targets = g.scope.filter((v) => v.isAssignable);
  if (targets.length === 0) return declaration(g);
  const { name, type: t } = g.dice.pick(targets);
  if (t === listOf(INT)) return `${name}.${g.dice.pick(["Add", "Remove", "RemoveAt"])}(${g.expression(INT)});`;
  if (t === arrayOf(INT)) return `${name}[${g.dice.below(3)}] ${g.dice.pick(["=", "+=", "<<="])} ${g.expression(INT)};`;
  if (t === INT && g.dice.oneIn(2))
    return g.dice.oneIn(2)
      ? `${name}++;`
      : `${name} ${g.dice.pick(["+=", "-=", "*=", "/=", "^=", ">>="])} ${g.expression(INT)};`;
  if (t === STRING && g.dice.oneIn(2)) return `${name} += ${g.expression(pickType(g.dice))};`;
  return `${name} = ${g.expression(t)};`;
}

function branch(g: Generator, result: Type, depth: number): string {
  const head = `if (${g.expression(BOOL)}) ${block(g, result, depth)}`;
  if (g.dice.oneIn(4)) return `${head} else return ${g.expression(result)};`;
  return g.dice.oneIn(2) ? `${head} else ${block(g, result, depth)}` : head;
}

function loop(g: Generator, result: Type, depth: number): string {
  const exit = g.dice.oneIn(3) ? `if (${g.expression(BOOL)}) ${g.dice.pick(["break", "continue"])};` : "";
  const counter = { name: g.newName(), type: INT, isAssignable: false };
  const limit = g.dice.below(4);
  switch (g.dice.below(5)) {
    case 0:
      return `for (int ${counter.name} = 0; ${counter.name} < ${limit}; ${counter.name}++) ${block(g, result, depth, [counter], exit)}`;
    case 1:
      return `{ int ${counter.name} = ${limit}; while (${counter.name}-- > 0) ${block(g, result, depth, [counter], exit)} }`;
    case 2:
      return `{ int ${counter.name} = ${limit}; do ${block(g, result, depth, [counter], exit)} while (${counter.name}-- > 0); }`;
    default: {
      const element = { name: g.newName(), type: pickArgument(g.dice), isAssignable: false };
      const source = g.expression(
        g.dice.pick([enumerableOf(element.type), arrayOf(element.type), listOf(element.type)]),
      );
      const declared = g.dice.oneIn(2) ? "var" : String(element.type);
      return `foreach (${declared} ${element.name} in ${source}) ${block(g, result, depth, [element], exit)}`;
    }
  }
}

const CAUGHT = [
  "Exception",
  "FormatException",
  "ArgumentException",
  "InvalidCastException",
  "NullReferenceException",
  "OverflowException",
];

function exception(g: Generator, result: Type, depth: number): string {
  const body = block(g, result, depth);
  const error = { name: g.newName(), type: EXCEPTION, isAssignable: true };
  const filter = g.dice.oneIn(3) ? ` when (${g.within([error], () => g.expression(BOOL))})` : "";
  const last = g.dice.oneIn(6) ? "throw;" : "";
  const handler = `catch (${g.dice.pick(CAUGHT)} ${error.name})${filter} ${block(g, result, depth, [error], last)}`;
  const end = `finally ${block(g, result, DEEPEST)}`;
  switch (g.dice.below(4)) {
    case 0:
      return `try ${body} ${end}`;
    case 1:
      return `try ${body} ${handler} ${end}`;
    case 2:
      return `try ${body} catch ${block(g, result, depth)}`;
    default:
      return `try ${body} ${handler}`;
  }
}

const CASES: ReadonlyMap<string, readonly string[]> = new Map([
  ["System.Int32", ["0", "1", "2", "-1", "100"]],
  ["System.String", ['"a"', '""', '"ab"', "null", '"__proto__"']],
  ["System.Object", ["null", "1", '"s"', "int n0", "string n1", "DateTime n2", "int[] n3"]],
]);

function choice(g: Generator, result: Type, depth: number): string {
  const t = g.dice.pick([INT, STRING, OBJECT]);
  const labels = (CASES.get(t.name) as string[]).filter(() => g.dice.oneIn(2));
  const unique = g.newName();
  const sections = labels.map((label) => {
    const head = label.replace(/ (n\d)$/, ` ${unique}$1`);
    const when = g.dice.oneIn(6) ? ` when ${g.expression(BOOL)}` : "";
    const jump = t === INT && g.dice.oneIn(8) ? "goto default;" : "break;";
    return `case ${head}${when}: ${block(g, result, depth)} ${jump}`;
  });
  return `switch (${g.expression(t)}) { ${sections.join(" ")} default: ${block(g, result, depth)} break; }`;
}

function localFunction(g: Generator): string {
  const t = pickArgument(g.dice);
  const parameter = { name: g.newName(), type: pickArgument(g.dice), isAssignable: true };
  const name = g.newName();
  const body = g.within([parameter], () => (g.dice.oneIn(2) ? `=> ${g.expression(t)};` : `{ ${statements(g, t, 2)} }`));
  const call = `${name}(${g.expression(parameter.type)})`;
  const variable = declare(g, t);
  return `${t} ${name}(${parameter.type} ${parameter.name}) ${body} ${t} ${variable.name} = ${call};`;
}

/** An iterator: code that is suspended. */
function generator(g: Generator): string {
  const t = pickArgument(g.dice);
  const name = g.newName();
  const first = g.expression(t);
  const second = g.expression(t);
  const condition = g.expression(BOOL);
  const variable = declare(g, enumerableOf(t));
  return (
    `IEnumerable<${t}> ${name}() { yield return ${first}; if (${condition}) yield break; ` +
    `foreach (var y in new[] { 1, 2 }) { try { yield return ${second}; } finally { } } } IEnumerable<${t}> ${variable.name} = ${name}();`
  );
}

function oddity(g: Generator, result: Type, depth: number): string {
  const name = g.newName();
  switch (g.dice.below(6)) {
    case 0:
      return `lock (new object()) ${block(g, result, depth)}`;
    case 1:
      return `using (var ${name} = new StringReader(${g.leaf(STRING)})) ${block(g, result, depth)}`;
    case 2:
      return `${g.dice.pick(["checked", "unchecked"])} ${block(g, result, depth)}`;
    case 3:
      return `const ${g.dice.pick(["int", "long"])} ${name} = ${g.dice.below(9)};`;
    case 4:
      return `goto ${name}; ${name}: ;`;
    default: {
      const delegate = type("System.Func", INT, INT);
      const lambda = g.lambda(delegate);
      declare(g, delegate);
      const made = g.scope[g.scope.length - 1].name;
      return `Func<int, int> ${made} = ${lambda};`;
    }
  }
}
