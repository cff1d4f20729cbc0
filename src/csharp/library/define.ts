/**
 * How library files say what a .NET member does. The signature table (surface) says which members exist and their types; the binder
 * picks one; the emitter asks here for its implementation. A member of the table without an implementation is a compile error.
 *
 * Keys (types by C# keyword or simple name, as written in the table but without namespaces):
 *   method       `Substring(int,int)`, generic `Select(IEnumerable<!!0>,Func<!!0,!!1>)`; `Join(*)` means every overload not named itself
 *   constructor  `new(int)`, `new(*)`
 *   property     `Length` reads, `Length=` writes; field `Empty`
 *   indexer      `this[int]` reads, `this[int]=` writes
 *   operator     `op_Addition(DateTime,TimeSpan)`; conversions carry their result: `op_Explicit(JToken):int`, `op_Implicit(string):JToken`
 *
 * Calling convention of the function (values in the representation of runtime/values.ts, never undefined):
 *   instance member  fn(self, ...methodTypeArguments, ...arguments)      self is never null
 *   static member    fn(...methodTypeArguments, ...arguments)
 *   constructor      fn(...arguments); of a generic type fn(constructedType, ...arguments)
 *   static member of a generic type: the constructed type first
 *   extension method: static, as declared
 * `params` arguments arrive as one CsArray, defaults are filled in, `out`/`ref` arguments are a Ref, delegates are functions.
 */

export type Implementation = (...args: never[]) => unknown;

/** JavaScript text in place of a call, for members that one expression does: `(self) => \`${self}.length\``. Operands are simple or parenthesised. */
export interface Inline {
  readonly inline: (...operands: string[]) => string;
}

export type Members = Record<string, Implementation | Inline>;

const implementations = new Map<string, Map<string, Implementation | Inline>>();

/** Registers members of a type, given by full name without type parameters (`System.Collections.Generic.List`). */
export function implement(typeName: string, members: Members): void {
  let known = implementations.get(typeName);
  if (!known) {
    known = new Map();
    implementations.set(typeName, known);
  }
  for (const key of Object.keys(members)) known.set(key, members[key]);
}

/** Finds an implementation by exact key, then by `Name(*)`. */
export function findImplementation(typeName: string, key: string): Implementation | Inline | undefined {
  const known = implementations.get(typeName);
  if (!known) return undefined;
  const exact = known.get(key);
  if (exact !== undefined) return exact;
  const open = key.indexOf("(");
  return open < 0 ? undefined : known.get(`${key.slice(0, open)}(*)`);
}

export function isInline(implementation: Implementation | Inline): implementation is Inline {
  return typeof implementation !== "function";
}
