/** Lambdas and local functions: their text, calls of them, and the budget of steps and depth that they spend. */
import type {
  Block,
  DelegateInvoke,
  Expression,
  Iterator,
  Lambda,
  Local,
  LocalFunctionCall,
  LocalFunctionStatement,
  LocalReference,
  ReferenceArgument,
  RefConditional,
  Statement,
  Target,
} from "../2-bind/bound.ts";
import { withTypeArguments } from "../2-bind/type-arguments.ts";
import { OBJECT_STEPS } from "../runtime/budget.ts";
import type { Type } from "../types.ts";
import { declare, type Frame, localName, type Program, step } from "./frame.ts";
import { notNull } from "./members.ts";
import { mayRecurse } from "./recursion.ts";

/** `(v1, v2) => {...}`. */
export function lambda(frame: Frame, node: Lambda): string {
  const inner = frame.inner();
  const parameters = node.parameters.map(localName).join(", ");
  const text = `(${parameters}) => ${body(inner, node.body, node.locals, node.returnType.kind === "void")}`;
  return `(A.left -= ${OBJECT_STEPS}, ${text})`;
}

/** `function f3(v1) {...}`: hoisted to the top of its block, as C# lets it be called there. */
export function localFunction(frame: Frame, node: LocalFunctionStatement): string {
  return node.function.typeParameters.length > 0 ? "" : functionText(frame, node, `${node.function.id}`);
}

/** The generic functions among the statements, once for each list of type arguments that calls gave them. */
export function instances(frame: Frame, statements: readonly Statement[]): string {
  const generic = statements.filter((s) => s.kind === "localFunction" && s.function.typeParameters.length > 0);
  const { program } = frame;
  let text = "";
  // Calls inside an instance may ask for more.
  for (let before = -1; before !== text.length; ) {
    before = text.length;
    for (const node of generic as LocalFunctionStatement[]) {
      for (const [id, typeArgs] of takeInstances(program, node)) {
        if (++program.instanceCount > MAX_INSTANCES) {
          const message = `The generic function '${node.function.name}' is called with ever more type arguments`;
          frame.error("SP4003", message, node.start);
          return text;
        }
        text += functionText(frame, withTypeArguments(node, typeArgs), id);
      }
    }
  }
  for (const node of generic as LocalFunctionStatement[]) program.instances.delete(node.function.id);
  return text;
}

/** Enough for any code that ends; a function that calls itself with List<T> would need one for each depth. */
const MAX_INSTANCES = 200;

function takeInstances(program: Program, { function: { id } }: LocalFunctionStatement): [string, readonly Type[]][] {
  const wanted = program.instances.get(id);
  if (!wanted) return [];
  const open = [...wanted].filter(([, each]) => !each.isWritten);
  for (const [, each] of open) each.isWritten = true;
  return open.map(([name, { typeArgs }]) => [name, typeArgs]);
}

/** The end of the function's name in JavaScript. */
function instanceId(frame: Frame, { function: { id }, typeArgs }: LocalFunctionCall): string {
  if (typeArgs.length === 0) return `${id}`;
  const { instances } = frame.program;
  const name = `${id}_${typeArgs.map((t) => t.id).join("_")}`;
  const known = instances.get(id) ?? new Map();
  if (!known.has(name)) known.set(name, { typeArgs, isWritten: false });
  instances.set(id, known);
  return name;
}

function functionText(frame: Frame, node: LocalFunctionStatement, id: string): string {
  const inner = frame.inner();
  const parameters = node.function.parameters.map(localName).join(", ");
  if (node.iterator) return iterator(inner, node, node.iterator, { id, parameters });
  const isVoid = node.function.returnType.kind === "void";
  return `function f${id}(${parameters}) ${body(inner, node.body, [], isVoid)}\n`;
}

/** The body becomes a generator, which each enumeration calls anew with the arguments as they were. */
function iterator(
  frame: Frame,
  node: LocalFunctionStatement,
  { elementType, isEnumerator }: Iterator,
  { id, parameters }: { readonly id: string; readonly parameters: string },
): string {
  const [name, run] = [`f${id}`, `i${id}`];
  const make = frame.runtime(isEnumerator ? "enumerator" : "enumerable");
  const work = frame.statement(node.body);
  return (
    `function ${name}(${parameters}) {\n${step(frame)}\n` +
    `return ${make}(${frame.type(elementType)}, () => ${run}(${parameters}));\n}\n` +
    `function* ${run}(${parameters}) {\n${frame.declarations()}${work}}\n`
  );
}

/** The body of a function: spends a step, counts its depth when it can call itself, and does its work. */
function body(frame: Frame, node: Expression | Block, locals: readonly Local[], isVoid: boolean): string {
  const work = bodyText(frame, node, isVoid);
  const entry = `${step(frame)}\n${frame.declarations()}${declare(locals)}`;
  if (!mayRecurse(node)) return `{\n${entry}${work}}`;
  return `{\n${entry}${frame.runtime("enter")}();\ntry {\n${work}} finally { A.depth--; }\n}`;
}

function bodyText(frame: Frame, node: Expression | Block, isVoid: boolean): string {
  if (node.kind === "block") return frame.statement(node);
  return isVoid ? `${frame.effect(node)};\n` : `return ${frame.expression(node)};\n`;
}

export function delegateInvoke(frame: Frame, node: DelegateInvoke): string {
  const args = node.args.map((arg) => liveArgument(frame, arg));
  return `${notNull(frame, node.delegate, node.start)}(${args.join(", ")})`;
}

export function localFunctionCall(frame: Frame, node: LocalFunctionCall): string {
  return node.function.returnsRef ? `${functionCall(frame, node)}.v` : functionCall(frame, node);
}

/** The call itself; of a function that returns a variable, its cell. */
export function functionCall(frame: Frame, node: LocalFunctionCall): string {
  return `f${instanceId(frame, node)}(${node.args.map((arg, i) => passed(frame, arg, node.function.parameters[i])).join(", ")})`;
}

/** A value for an `in` parameter comes in a cell of its own. */
function passed(frame: Frame, arg: Expression, { byRef }: Local): string {
  const text = liveArgument(frame, arg);
  return byRef === "in" && arg.kind !== "reference" ? `new ${frame.runtime("Ref")}(${text})` : text;
}

function liveArgument(frame: Frame, node: Expression): string {
  return node.kind === "reference" ? liveReference(frame, node) : frame.expression(node);
}

/** Targets that are found by running code which gives a cell. */
export function isChosen(target: Target): target is LocalFunctionCall | RefConditional {
  return target.kind === "localFunctionCall" || target.kind === "refConditional";
}

/** That code. */
export function chosenCell(frame: Frame, target: LocalFunctionCall | RefConditional): string {
  if (target.kind === "localFunctionCall") return functionCall(frame, target);
  const { condition, whenTrue, whenFalse } = target;
  return `(${frame.expression(condition)} ? ${cell(frame, whenTrue)} : ${cell(frame, whenFalse)})`;
}

/** `ref x` as a cell that lasts: its parts are evaluated once, and it is found now whether there is such a variable. */
export function cell(frame: Frame, node: ReferenceArgument): string {
  const { target } = node;
  if (target.kind === "local") return liveReference(frame, node);
  if (isChosen(target)) return chosenCell(frame, target);
  const inner = frame.inner();
  const place = inner.place(target);
  const [read, write] = [place.read(), place.write("x")];
  const access = `{ get v() { return ${read}; }, set v(x) { ${write}; } }`;
  return `(() => {\n${inner.declarations()}${place.setup}${read};\nreturn ${access};\n})()`;
}

/** `ref x` to code of the same expression: a cell that is x itself, since that code may see x by other ways too. */
function liveReference(frame: Frame, { target }: ReferenceArgument): string {
  if (target.kind === "local" && target.local.byRef) return localName((target as LocalReference).local);
  if (target.kind === "discard") return `new ${frame.runtime("Ref")}(null)`;
  const place = frame.place(target);
  return `(${place.setup}{ get v() { return ${place.read()}; }, set v(x) { ${place.write("x")}; } })`;
}
