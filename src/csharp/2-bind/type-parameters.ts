/** Type parameters of generic local functions, and what their constraints say (C# 7.3 section 15.2.5). */
import { anonymousOf, arrayOf, tupleOf, Type, type, typeParameter } from "../types.ts";

/** What a type argument must be. `base` is Object when no class was named. */
export interface Constraints {
  readonly kind: "class" | "struct" | null;
  readonly constructs: boolean;
  readonly base: Type;
  readonly interfaces: readonly Type[];
}

const OBJECT = type("System.Object");
const UNCONSTRAINED: Constraints = { kind: null, constructs: false, base: OBJECT, interfaces: [] };

/**
 * A type parameter inside its function. It is opaque there, and counts as a class unless constrained to be a struct;
 * the emitter only sees the types that calls put in its place (type-arguments.ts).
 */
export class TypeParameter extends Type {
  #constraints = UNCONSTRAINED;

  constructor(name: string) {
    super(name, "class", [], { type: name, kind: "class", base: "System.Object", ifaces: [], m: [] });
  }

  get constraints(): Constraints {
    return this.#constraints;
  }

  /** To be called once, before the parameter is used: the constraints themselves may name it. */
  constrain(constraints: Constraints): void {
    this.#constraints = constraints;
    if (constraints.kind === "struct") {
      this.kind = "struct";
      this.isValueType = true;
    }
  }

  override get base(): Type {
    return this.#constraints.base;
  }

  override get interfaces(): readonly Type[] {
    const { base, interfaces } = this.#constraints;
    return [...new Set([...interfaces, ...interfaces.flatMap((i) => i.interfaces), ...base.interfaces])];
  }

  /** Can its values only be references? */
  get isReference(): boolean {
    const { kind, base } = this.#constraints;
    if (kind === "class") return true;
    return base instanceof TypeParameter ? base.isReference : !CLASSES_OF_VALUES.has(base.name);
  }
}

/** Classes whose values may be of value types. */
const CLASSES_OF_VALUES: ReadonlySet<string> = new Set(["System.Object", "System.ValueType", "System.Enum"]);

const interned = new Map<string, TypeParameter>();

/** The parameter for a key that tells its name and constraints: types are kept for ever, so equal ones are shared. */
export function sharedTypeParameter(name: string, key: string): { parameter: TypeParameter; isNew: boolean } {
  const found = interned.get(key);
  if (found) return { parameter: found, isNew: false };
  const parameter = new TypeParameter(name);
  interned.set(key, parameter);
  return { parameter, isNew: true };
}

export type TypeMap = ReadonlyMap<Type, Type>;

/** The type with the parameters replaced. */
export function replaceParameters(t: Type, map: TypeMap): Type {
  const own = map.get(t);
  if (own) return own;
  if (t.args.length === 0) return t;
  const args = t.args.map((a) => replaceParameters(a, map));
  if (args.every((a, i) => a === t.args[i])) return t;
  if (t.kind === "array") return arrayOf(args[0], t.rank);
  if (t.kind === "tuple") return tupleOf(args, t.memberNames);
  if (t.kind === "anonymous") return anonymousOf(args, t.memberNames as readonly string[]);
  return type(t.name, ...args);
}

/** The parameters as overload resolution knows them: `!!0`, `!!1` of the method. */
export function asMethodParameters(parameters: readonly Type[]): TypeMap {
  return new Map(parameters.map((p, i) => [p, typeParameter(`!!${i}`)]));
}
