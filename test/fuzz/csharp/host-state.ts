/** The names that the host's own objects have: programs must not add, remove or replace any. */

const WATCHED: readonly object[] = [
  globalThis,
  ...[
    Object,
    Function,
    Array,
    String,
    Number,
    Boolean,
    BigInt,
    Symbol,
    Map,
    Set,
    WeakMap,
    Date,
    RegExp,
    Error,
    Promise,
    Uint8Array,
  ],
].flatMap((o) => (typeof o === "function" ? [o, o.prototype as object] : [o]));

/** Names and values of own properties of the host's objects, getters apart; Node itself keeps symbols on globalThis. */
export function hostState(): readonly (readonly unknown[])[] {
  return WATCHED.map((o) =>
    Reflect.ownKeys(o).flatMap((key) => {
      if (o === globalThis && typeof key === "symbol") return [];
      const property = Object.getOwnPropertyDescriptor(o, key);
      const isVolatile = o === RegExp;
      return [key, isVolatile || typeof property?.value === "object" ? "" : property?.value];
    }),
  );
}
