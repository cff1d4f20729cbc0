/** The table of all expressions, and those that are only control flow. */
import { unreachable } from "../../base/assert.ts";
import type {
  AnonymousCreation,
  AnonymousMember,
  ArrayAccess,
  ArrayCreation,
  ArrayLength,
  Call,
  Coalesce,
  Conditional,
  ConditionalAccess,
  DelegateInvoke,
  DynamicIndex,
  DynamicInvoke,
  DynamicMember,
  DynamicOperation,
  Expression,
  FieldAccess,
  IndexerAccess,
  Initialization,
  Lambda,
  Local,
  LocalFunctionCall,
  MultiArrayAccess,
  MultiArrayCreation,
  ObjectCreation,
  PropertyAccess,
  Sequence,
  TupleCreation,
  TupleElement,
} from "../2-bind/bound.ts";
import { arrayAccess, arrayCreation, arrayLength, multiArrayAccess, multiArrayCreation } from "./arrays.ts";
import { asType, conversion, isPattern, isType, tupleConversion } from "./conversions.ts";
import { type Frame, localName } from "./frame.ts";
import { chosenCell, delegateInvoke, lambda, localFunctionCall } from "./functions.ts";
import { defaultText, literalText } from "./literals.ts";
import { call, creation, indexer, notNull, property } from "./members.ts";
import { quote } from "./module-text.ts";
import { binary, concatenation, interpolated, unary } from "./operators.ts";
import { assignment, compoundAssignment } from "./targets.ts";

export function expression(frame: Frame, node: Expression): string {
  switch (node.kind) {
    case "literal":
      return literalText(frame, node.value);
    case "default":
      return defaultText(frame, node.type);
    case "local":
      return localText(frame, node.local);
    case "placeholder":
      return frame.read(node.placeholder);
    case "conversion":
      return conversion(frame, node);
    case "tupleConversion":
      return tupleConversion(frame, node);
    case "unary":
      return unary(frame, node);
    case "binary":
      return binary(frame, node);
    case "logical":
      return `(${frame.expression(node.left)} ${node.op} ${frame.expression(node.right)})`;
    case "concatenation":
      return concatenation(frame, node);
    case "interpolated":
      return interpolated(frame, node);
    case "conditional":
      return conditional(frame, node, false);
    case "refConditional":
      return `${chosenCell(frame, node)}.v`;
    case "coalesce":
      return coalesce(frame, node);
    case "conditionalAccess":
      return conditionalAccess(frame, node, false);
    case "isType":
      return isType(frame, node);
    case "isPattern":
      return isPattern(frame, node);
    case "as":
      return asType(frame, node);
    case "typeof":
      return frame.typeObject(node.target);
    case "sequence":
      return sequence(frame, node, false);
    case "assignment":
      return assignment(frame, node, false);
    case "compoundAssignment":
    case "increment":
      return compoundAssignment(frame, node, false);
    case "throwExpression":
      return `${frame.runtime("raise")}(${frame.expression(node.exception)})`;
    case "reference":
    case "invalid":
      throw new Error(`Internal error: unexpected ${node.kind} expression. Please report it.`);
    default:
      return memberOrCreation(frame, node);
  }
}

/** The expressions that reach into values, make them or call something. */
type MemberOrCreation =
  | AnonymousCreation
  | AnonymousMember
  | ArrayAccess
  | ArrayCreation
  | ArrayLength
  | Call
  | DelegateInvoke
  | DynamicIndex
  | DynamicInvoke
  | DynamicMember
  | DynamicOperation
  | FieldAccess
  | IndexerAccess
  | Initialization
  | Lambda
  | LocalFunctionCall
  | MultiArrayAccess
  | MultiArrayCreation
  | ObjectCreation
  | PropertyAccess
  | TupleCreation
  | TupleElement;

function memberOrCreation(frame: Frame, node: MemberOrCreation): string {
  switch (node.kind) {
    case "call":
      return call(frame, node, false);
    case "property":
    case "field":
      return property(frame, node);
    case "indexer":
      return indexer(frame, node);
    case "arrayAccess":
      return arrayAccess(frame, node);
    case "arrayLength":
      return arrayLength(frame, node);
    case "arrayCreation":
      return arrayCreation(frame, node);
    case "multiArrayAccess":
      return multiArrayAccess(frame, node);
    case "multiArrayCreation":
      return multiArrayCreation(frame, node);
    case "new":
      return creation(frame, node);
    case "initialization":
      return initialization(frame, node);
    case "anonymous":
      return `new ${frame.runtime("AnonymousObject")}(${frame.type(node.type)}, [${list(frame, node.values)}])`;
    case "anonymousMember":
      return `${notNull(frame, node.receiver, node.start)}.values[${node.index}]`;
    case "tuple":
      return `new ${frame.runtime("CsTuple")}(${frame.type(node.type)}, [${list(frame, node.values)}])`;
    case "tupleElement":
      return `${frame.expression(node.receiver)}.items[${node.index}]`;
    case "lambda":
      return lambda(frame, node);
    case "delegateInvoke":
      return delegateInvoke(frame, node);
    case "localFunctionCall":
      return localFunctionCall(frame, node);
    case "dynamicMember":
      return `${frame.runtime("dynamicMember")}(${frame.expression(node.receiver)}, ${quote(node.name)})`;
    case "dynamicIndex":
      return `${frame.runtime("dynamicIndex")}(${frame.expression(node.receiver)}, [${list(frame, node.args)}])`;
    case "dynamicInvoke":
      return dynamicInvoke(frame, node);
    case "dynamicOperation":
      return `${frame.runtime("dynamicOperation")}(${quote(node.op)}, [${list(frame, node.operands)}], ${node.checked})`;
    default:
      return unreachable(node);
  }
}

/** The expression for what it does. */
export function effect(frame: Frame, node: Expression): string {
  switch (node.kind) {
    case "assignment":
      return assignment(frame, node, true);
    case "compoundAssignment":
    case "increment":
      return compoundAssignment(frame, node, true);
    case "call":
      return call(frame, node, true);
    case "conditionalAccess":
      return conditionalAccess(frame, node, true);
    case "conditional":
      return conditional(frame, node, true);
    case "sequence":
      return sequence(frame, node, true);
    default:
      return frame.expression(node);
  }
}

function list(frame: Frame, nodes: readonly Expression[]): string {
  return nodes.map((node) => frame.expression(node)).join(", ");
}

function localText(frame: Frame, local: Local): string {
  if (local.role === "global") return `g${frame.program.globals.indexOf(local.name)}`;
  return local.byRef ? `${localName(local)}.v` : localName(local);
}

function branch(frame: Frame, node: Expression, isEffect: boolean): string {
  return isEffect ? frame.effect(node) : frame.expression(node);
}

function conditional(frame: Frame, node: Conditional, isEffect: boolean): string {
  const [whenTrue, whenFalse] = [branch(frame, node.whenTrue, isEffect), branch(frame, node.whenFalse, isEffect)];
  return `(${frame.expression(node.condition)} ? ${whenTrue} : ${whenFalse})`;
}

function coalesce(frame: Frame, node: Coalesce): string {
  const right = frame.expression(node.right);
  if (node.value.kind === "placeholder") return `(${frame.expression(node.left)} ?? ${right})`;
  const left = frame.hold(node.left);
  frame.bind(node.current, left.again, { isNotNull: true });
  return `(${left.first} !== null ? ${frame.expression(node.value)} : ${right})`;
}

function conditionalAccess(frame: Frame, node: ConditionalAccess, isEffect: boolean): string {
  const receiver = frame.hold(node.receiver);
  frame.bind(node.current, receiver.again, { isNotNull: true });
  return `(${receiver.first} === null ? null : ${branch(frame, node.access, isEffect)})`;
}

function sequence(frame: Frame, node: Sequence, isEffect: boolean): string {
  for (const local of node.locals) frame.declareLocal(local);
  const effects = node.effects.map((e) => frame.effect(e));
  return `(${[...effects, branch(frame, node.result, isEffect)].join(", ")})`;
}

function initialization(frame: Frame, node: Initialization): string {
  const value = frame.hold(node.value);
  frame.bind(node.current, value.again, { isNotNull: true });
  return `(${[value.first, ...node.effects.map((e) => frame.effect(e)), value.again].join(", ")})`;
}

function dynamicInvoke(frame: Frame, node: DynamicInvoke): string {
  const { receiver: value, owner } = node;
  const receiver = value ? frame.expression(value) : owner ? frame.type(owner) : unreachable(node as never);
  const args = `[${list(frame, node.args)}]`;
  if (node.name === null) return `${frame.runtime("dynamicCall")}(${receiver}, ${args})`;
  const types = `[${node.typeArgs.map((t) => frame.type(t)).join(", ")}]`;
  if (!value) return `${frame.runtime("dynamicInvokeStatic")}(${receiver}, ${quote(node.name)}, ${types}, ${args})`;
  return `${frame.runtime("dynamicInvoke")}(${receiver}, ${quote(node.name)}, ${types}, ${args})`;
}
