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
} from "../2-bind/bound.ts";
import { OBJECT_STEPS } from "../runtime/budget.ts";
import { declare, type Frame, localName, step } from "./frame.ts";
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
  const inner = frame.inner();
  const parameters = node.function.parameters.map(localName).join(", ");
  if (node.iterator) return iterator(inner, node, node.iterator, parameters);
  const isVoid = node.function.returnType.kind === "void";
  return `function f${node.function.id}(${parameters}) ${body(inner, node.body, [], isVoid)}\n`;
}

/** The body becomes a generator, which each enumeration calls anew with the arguments as they were. */
function iterator(
  frame: Frame,
  node: LocalFunctionStatement,
  { elementType, isEnumerator }: Iterator,
  parameters: string,
): string {
  const [name, run] = [`f${node.function.id}`, `i${node.function.id}`];
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
  return `f${node.function.id}(${node.args.map((arg) => liveArgument(frame, arg)).join(", ")})`;
}

function liveArgument(frame: Frame, node: Expression): string {
  return node.kind === "reference" ? liveReference(frame, node) : frame.expression(node);
}

/** `ref x` to code of the same expression: a cell that is x itself, since that code may see x by other ways too. */
function liveReference(frame: Frame, { target }: ReferenceArgument): string {
  if (target.kind === "local" && target.local.byRef) return localName((target as LocalReference).local);
  if (target.kind === "discard") return `new ${frame.runtime("Ref")}(null)`;
  const place = frame.place(target);
  return `(${place.setup}{ get v() { return ${place.read()}; }, set v(x) { ${place.write("x")}; } })`;
}
