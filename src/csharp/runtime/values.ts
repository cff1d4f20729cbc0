/**
 * How .NET values live in JavaScript.
 *
 * | static type                         | representation                                             |
 * |-------------------------------------|------------------------------------------------------------|
 * | bool, string                        | boolean, string                                            |
 * | sbyte byte short ushort int uint    | number                                                     |
 * | char                                | number (UTF-16 unit), so that 'a' + 1 is arithmetic        |
 * | float, double                       | number (float rounded by Math.fround at every operation)   |
 * | long, ulong                         | bigint, wrapped to 64 bits                                 |
 * | enum                                | number                                                     |
 * | decimal, DateTime, TimeSpan, Guid.. | immutable instance of a library class (extends CsObject)   |
 * | T?                                  | representation of T, or null                               |
 * | T[]                                 | CsArray (byte[]: items is a Uint8Array)                    |
 * | T[,]                                | CsMultiArray                                               |
 * | delegate                            | JavaScript function taking the representations             |
 * | object, interface, dynamic          | reference types as they are; value types in a Box          |
 *
 * `null` is null; `undefined` never occurs.
 */
import { arrayOf, type Type, type } from "../types.ts";

/** Every reference type of the library, and every struct that needs more than a primitive. */
export abstract class CsObject {
  /** Run-time type, as GetType() answers. */
  abstract get type(): Type;

  /** object.ToString(). */
  toText(): string {
    return this.type.clrName;
  }

  /** object.Equals(object); `other` is an unboxed struct instance when it was boxed. */
  equals(other: unknown): boolean {
    return this === other;
  }

  /** object.GetHashCode(): an int. */
  hash(): number {
    let id = identities.get(this);
    if (id === undefined) {
      id = nextIdentity++;
      identities.set(this, id);
    }
    return id;
  }
}

const identities = new WeakMap<CsObject, number>();
let nextIdentity = 1;

/** A value type seen as `object`: reference identity like .NET's boxes. */
export class Box extends CsObject {
  readonly #type: Type;
  readonly value: unknown;

  constructor(valueType: Type, value: unknown) {
    super();
    this.#type = valueType;
    this.value = value;
  }

  override get type(): Type {
    return this.#type;
  }
}

/** A one-dimensional array. `items` is a Uint8Array for byte[], otherwise a plain array of the element's representation. */
export class CsArray extends CsObject {
  readonly elementType: Type;
  readonly items: unknown[] | Uint8Array;

  constructor(elementType: Type, items: unknown[] | Uint8Array) {
    super();
    this.elementType = elementType;
    this.items = items;
  }

  override get type(): Type {
    return arrayOf(this.elementType);
  }

  [Symbol.iterator](): IterableIterator<unknown> {
    return this.items[Symbol.iterator]() as IterableIterator<unknown>;
  }
}

/** An array of more than one dimension: `items` has the elements row by row, the last index running fastest. */
export class CsMultiArray extends CsArray {
  readonly lengths: readonly number[];

  constructor(elementType: Type, items: unknown[] | Uint8Array, lengths: readonly number[]) {
    super(elementType, items);
    this.lengths = lengths;
  }

  override get type(): Type {
    return arrayOf(this.elementType, this.lengths.length);
  }
}

/** A byte[] over the given bytes (not copied). */
export function bytes(items: Uint8Array): CsArray {
  return new CsArray(type("System.Byte"), items);
}

/** A string[] over the given strings (not copied). */
export function strings(items: string[]): CsArray {
  return new CsArray(type("System.String"), items);
}

/** The cell behind an `out` or `ref` argument. */
export class Ref<T = unknown> {
  v: T;

  constructor(value: T) {
    this.v = value;
  }
}

/**
 * A .NET exception. Not a JavaScript Error: capturing a stack costs 17-34 microseconds, and nothing of the host may show.
 * Thrown as it is (`throw new CsException(...)`), caught by generated code and by the engine.
 */
export class CsException extends CsObject {
  readonly typeName: string;
  readonly message: string;
  readonly inner: CsException | null;
  /** Offset in the expression's code, put in by generated code when known; -1 otherwise. */
  position = -1;

  /** @param typeName full .NET name, for example `System.FormatException` */
  constructor(typeName: string, message: string, inner: CsException | null = null) {
    super();
    this.typeName = typeName;
    this.message = message;
    this.inner = inner;
  }

  override get type(): Type {
    return type(this.typeName);
  }

  override toText(): string {
    const own = this.message === "" ? this.typeName : `${this.typeName}: ${this.message}`;
    return this.inner ? `${own}\n ---> ${this.inner.toText()}\n   --- End of inner exception stack trace ---` : own;
  }
}

/** Stops a run-away expression; C# code cannot catch it. */
export class FuelExhausted extends Error {
  constructor(what: string) {
    super(`The expression was stopped: ${what}.`);
    this.name = "FuelExhausted";
  }
}

/** Boxes the representation of a value type as `object`; null (an empty Nullable) stays null, reference types pass. */
export function box(value: unknown, valueType: Type): unknown {
  if (value === null || !valueType.isValueType) return value;
  return new Box(valueType.isNullable ? valueType.args[0] : valueType, value);
}

/** The representation inside a Box; everything else as it is. */
export function unbox(value: unknown): unknown {
  return value instanceof Box ? value.value : value;
}
