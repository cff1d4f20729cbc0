/** Variables of an exchange: C# values in their object representation, by ordinal name (context.Variables). */
import { type } from "../csharp/types.ts";
import { JToken } from "../csharp/library/jtoken.ts";
import { Box } from "../csharp/runtime/values.ts";
import type { Variables } from "../kit/exchange.ts";

const INT = type("System.Int32");

/** Mutable values are copied, so that requests never share one; everything else is immutable. */
function independent(value: unknown): unknown {
  return value instanceof JToken ? value.cloneToken() : value;
}

export class VariableStore implements Variables {
  readonly map = new Map<string, unknown>();

  has(name: string): boolean {
    return this.map.has(name);
  }

  get(name: string): unknown {
    return this.map.get(name) ?? null;
  }

  set(name: string, value: unknown): void {
    this.map.set(name, value);
  }

  remove(name: string): void {
    this.map.delete(name);
  }

  setString(name: string, value: string): void {
    this.map.set(name, value);
  }

  setInt(name: string, value: number): void {
    this.map.set(name, new Box(INT, value));
  }

  toCacheable(value: unknown): unknown {
    return independent(value);
  }

  fromCacheable(cached: unknown): unknown {
    return independent(cached);
  }

  entries(): Iterable<[string, unknown]> {
    return this.map;
  }
}
