/** Calls that are bound when they run: methods of dynamic values, and methods with a dynamic argument (C# 7.3 section 12.5.2). */
import { dynamicType } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import { invalid } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { toObject } from "./convert.ts";
import { show } from "./display.ts";
import { isExpression, type MethodGroup } from "./operands.ts";
import type { Argument, Resolution } from "./overloads.ts";

/** `receiver.name(args)`, or `receiver(args)` without a name. */
export function dynamicInvoke(
  b: Binder,
  receiver: Expression,
  name: string | null,
  args: readonly Argument[],
  node: Place,
): Expression {
  const values = lateArguments(b, args);
  const { start } = node;
  return { kind: "dynamicInvoke", type: dynamicType, start, receiver, owner: null, name, typeArgs: [], args: values };
}

/** Arguments as objects. What has no type of its own cannot be passed. */
export function lateArguments(b: Binder, args: readonly Argument[]): Expression[] {
  return args.map(({ operand, place }) => {
    if (operand.kind === "unboundLambda") {
      const what = "Cannot use a lambda expression as an argument to a dynamically dispatched operation";
      b.report("CS1977", `${what} without first casting it to a delegate or expression tree type.`, place);
      return invalid(place.start);
    }
    if (operand.kind === "methodGroup" || operand.kind === "localFunctionGroup") {
      const what = "Cannot use a method group as an argument to a dynamically dispatched operation.";
      b.report("CS1976", `${what} Did you intend to invoke the method?`, place);
      return invalid(place.start);
    }
    return toObject(b, operand, place);
  });
}

/** How overload resolution went, as far as it matters here. */
export interface StaticOutcome {
  /** Null when a method was found. */
  readonly failure: Resolution | null;
  readonly extension: boolean;
}

/**
 * A call with a dynamic argument, bound late; null when it can be bound now, or never. Methods behind interfaces are bound now, with the
 * argument converted: what the host declares has no other methods to choose from.
 */
export function lateCall(
  b: Binder,
  group: MethodGroup,
  args: readonly Argument[],
  outcome: StaticOutcome,
  node: Place,
): Expression | null {
  const isDynamic = ({ operand }: Argument) => isExpression(operand) && operand.type === dynamicType;
  if (!args.some(isDynamic) || args.some((arg) => arg.mode !== "value" || arg.name !== undefined)) return null;
  const { receiver, name, owner, typeArgs } = group;
  if (!mayFit(outcome.failure)) return null;
  if (receiver && (outcome.extension || group.methods.length === 0)) return refuseExtension(b, receiver, name, node);
  if (receiver?.type.kind === "interface") return null;
  return {
    kind: "dynamicInvoke",
    type: dynamicType,
    start: group.nameStart,
    receiver: receiver && toObject(b, receiver, node),
    owner: receiver ? null : owner,
    name,
    typeArgs: typeArgs ?? [],
    args: lateArguments(b, args),
  };
}

/** Several methods fit, or type arguments are missing that only the value tells. */
function mayFit(failure: Resolution | null): boolean {
  if (failure?.kind !== "none") return true;
  return failure.mismatches.some((mismatch) => mismatch.reason === "inference");
}

function refuseExtension(b: Binder, receiver: Expression, name: string, node: Place): Expression {
  const message =
    `'${show(receiver.type)}' has no applicable method named '${name}' but appears to have an extension method by that name. ` +
    "Extension methods cannot be dynamically dispatched. Consider casting the dynamic arguments or calling the extension method " +
    "without the extension method syntax.";
  b.report("CS1973", message, node);
  return invalid(node.start);
}
