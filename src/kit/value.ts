/**
 * A Value is a constant or a compiled expression; the policy that holds it cannot tell. Constants fold at load.
 */
import type { Exchange } from "./exchange.ts";

export interface Value<T> {
  /** The value when it does not depend on the request, else undefined. */
  readonly constant: T | undefined;
  /** Evaluates; a C# exception passes through and becomes a fault. */
  get(exchange: Exchange): T;
}

export class Constant<T> implements Value<T> {
  readonly constant: T;

  constructor(value: T) {
    this.constant = value;
  }

  get(): T {
    return this.constant;
  }
}
