/**
 * A Value is a constant or a compiled expression; the policy that holds it cannot tell. Constants fold at load.
 */
import type { Exchange } from "./exchange.ts";

export interface Value<T> {
  /** The value when it does not depend on the request, else undefined. */
  readonly constant: T | undefined;
  /** Bodies that must be in memory first (bits of bodies.ts): the engine sees to it before a step runs. */
  readonly needs: number;
  /** The constant stands in the document as it is: no named value was put in. */
  readonly isWritten?: boolean;
  /** Members that an expression uses (`IRequest.Headers`); undefined for constants. */
  readonly uses?: ReadonlySet<string>;
  /** Evaluates; a C# exception passes through and becomes a fault. */
  get(exchange: Exchange): T;
}

export class Constant<T> implements Value<T> {
  readonly constant: T;
  readonly needs = 0;
  readonly isWritten: boolean;

  constructor(value: T, isWritten = false) {
    this.constant = value;
    this.isWritten = isWritten;
  }

  get(): T {
    return this.constant;
  }
}
