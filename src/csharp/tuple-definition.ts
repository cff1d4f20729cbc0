/** The declarations of tuples, which the signature table does not have: System.ValueTuple of so many elements. */
import type { MemberDef, TypeDef } from "./type-definitions.ts";

/** By number of elements. */
const definitions: TypeDef[] = [];

/** Tuples of up to seven elements have CompareTo; longer ones are a tuple in a tuple to .NET. */
export function tupleDefinition(arity: number): TypeDef {
  if (!definitions[arity]) {
    const own = `System.ValueTuple<${Array.from({ length: arity }, (_, i) => `!${i}`).join(",")}>`;
    const compare: MemberDef = { k: "method", n: "CompareTo", p: [{ n: "other", t: own }], r: "System.Int32" };
    const m = arity < 8 ? [compare] : [];
    definitions[arity] = { type: "", kind: "tuple", base: "System.ValueType", ifaces: [], m };
  }
  return definitions[arity];
}
