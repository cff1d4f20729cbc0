/**
 * A Value is a constant or a compiled expression; the policy that holds it cannot tell. Constants fold at load.
 */
import type { Exchange } from "./exchange.ts";

export interface Value<T> {
  /** The value when it does not depend on the request, else undefined. */
  readonly constant: T | undefined;
  /** Bodies that must be in memory first (bits of bodies.ts): the engine sees to it before a step runs. */
  readonly needs: number;
  /** Evaluates; a C# exception passes through and becomes a fault. */
  get(exchange: Exchange): T;
}

export class Constant<T> implements Value<T> {
  readonly constant: T;
  readonly needs = 0;

  constructor(value: T) {
    this.constant = value;
  }

  get(): T {
    return this.constant;
  }
}
