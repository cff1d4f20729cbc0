/** System.Collections.Generic.KeyValuePair<TKey, TValue>: an element of a dictionary. */
import { defaultOf, structDefault } from "../runtime/default-value.ts";
import { equalsOf, hashOf, textOf } from "../runtime/object.ts";
import { CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";

/** KeyValuePair<K,V> of the given types. */
export function pairType(keyType: Type, valueType: Type): Type {
  return type("System.Collections.Generic.KeyValuePair", keyType, valueType);
}

export class KeyValuePair extends CsObject {
  readonly #type: Type;
  readonly key: unknown;
  readonly value: unknown;

  /** @param ownType the constructed KeyValuePair type; `key` and `value` in the representation of its arguments */
  constructor(ownType: Type, key: unknown, value: unknown) {
    super();
    this.#type = ownType;
    this.key = key;
    this.value = value;
  }

  override get type(): Type {
    return this.#type;
  }

  override toText(): string {
    const [keyType, valueType] = this.#type.args;
    return `[${textOf(this.key, keyType)}, ${textOf(this.value, valueType)}]`;
  }

  override equals(other: unknown): boolean {
    if (!(other instanceof KeyValuePair) || other.#type !== this.#type) return false;
    const [keyType, valueType] = this.#type.args;
    return equalsOf(keyType)(this.key, other.key) && equalsOf(valueType)(this.value, other.value);
  }

  override hash(): number {
    const [keyType, valueType] = this.#type.args;
    return (hashOf(keyType)(this.key) * 31 + hashOf(valueType)(this.value)) | 0;
  }
}

implement("System.Collections.Generic.KeyValuePair", {
  "new(!0,!1)": (constructed: Type, key: unknown, value: unknown) => new KeyValuePair(constructed, key, value),
  Key: (self: KeyValuePair) => self.key,
  Value: (self: KeyValuePair) => self.value,
  "ToString()": (self: KeyValuePair) => self.toText(),
  "Deconstruct(*)": (self: KeyValuePair, key: Ref, value: Ref) => {
    key.v = self.key;
    value.v = self.value;
  },
});

structDefault(
  "System.Collections.Generic.KeyValuePair",
  (t) => new KeyValuePair(t, defaultOf(t.args[0]), defaultOf(t.args[1])),
);
