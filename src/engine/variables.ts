/** Variables of an exchange: C# values in their object representation, by ordinal name (context.Variables). */
import { type } from "../csharp/types.ts";
import { parseJsonObject } from "../csharp/library/json-loading.ts";
import { JToken } from "../csharp/library/jtoken.ts";
import { withOwnBudget } from "../csharp/runtime/budget.ts";
import { Box } from "../csharp/runtime/values.ts";
import type { Variables } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { decodeValue, encodeValue } from "./cacheable.ts";
import { sizeOf } from "./value-size.ts";

const INT = type("System.Int32");

/** Larger values are not told apart. */
const MAX_MEASURED_BYTES = 64 * 1024 * 1024;

/** Mutable values are copied, so that requests never share one; everything else is immutable. */
function independent(value: unknown): unknown {
  if (value instanceof JToken) return withOwnBudget(() => value.cloneToken());
  if (!(value instanceof ResponseMessage)) return value;
  const copy = new ResponseMessage(value.status, value.reason, value.headers.clone(), value.body);
  copy.isBodyConsumed = value.isBodyConsumed;
  return copy;
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

  setJson(name: string, text: string): void {
    this.map.set(
      name,
      withOwnBudget(() => parseJsonObject(text)),
    );
  }

  toCacheable(value: unknown): unknown {
    return withOwnBudget(() => encodeValue(value)) ?? independent(value);
  }

  fromCacheable(cached: unknown): unknown {
    return cached instanceof Uint8Array ? withOwnBudget(() => decodeValue(cached)) : independent(cached);
  }

  sizeOf(value: unknown): number {
    return sizeOf(value, MAX_MEASURED_BYTES);
  }

  entries(): Iterable<[string, unknown]> {
    return this.map;
  }
}
