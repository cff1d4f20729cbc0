/** Headers, query parameters and variables as .NET read-only dictionaries, over what the exchange holds: no copy is made. */
import { ReadOnlyMap } from "../../csharp/library/collection-protocol.ts";
import { strings } from "../../csharp/runtime/values.ts";
import { arrayOf, type Type, type } from "../../csharp/types.ts";
import type { Headers } from "../../http/headers.ts";
import type { RequestUrl } from "../../kit/url.ts";
import { noteHeader, noteKey } from "./inputs.ts";

const STRING = type("System.String");
const STRING_ARRAY = arrayOf(STRING);

/** A dictionary of several values by name that can also answer them joined by commas. */
export abstract class MultiValues extends ReadOnlyMap {
  /** Values joined by commas; undefined when absent. */
  abstract joined(name: string): string | undefined;
}

export class HeaderDictionary extends MultiValues {
  readonly #headers: Headers;
  readonly #message: string;

  /** @param message `Request` or `Response`, for traces */
  constructor(headers: Headers, message: string) {
    super(
      {
        get size() {
          return distinct(headers.raw).size;
        },
        get: (name: string) => (headers.has(name) ? strings(headers.all(name)) : undefined),
        keys: () => distinct(headers.raw).values(),
      },
      { keyType: STRING, valueType: STRING_ARRAY },
    );
    this.#headers = headers;
    this.#message = message;
  }

  override joined(name: string): string | undefined {
    return noteHeader(this.#message, name, this.#headers.joined(name));
  }

  override lookUp(key: unknown): unknown {
    if (typeof key === "string") noteHeader(this.#message, key, this.#headers.joined(key));
    return super.lookUp(key);
  }
}

/** First spelling of each header name, by lower-case name. */
function distinct(raw: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (let i = 0; i < raw.length; i += 2) {
    const key = raw[i].toLowerCase();
    if (!names.has(key)) names.set(key, raw[i]);
  }
  return names;
}

export class QueryDictionary extends MultiValues {
  readonly #url: RequestUrl;

  constructor(url: RequestUrl) {
    super(
      {
        get size() {
          return names(url).size;
        },
        get: (name: string) => {
          const values = url.parameter(name);
          return values.length > 0 ? strings(values) : undefined;
        },
        keys: () => names(url).values(),
      },
      { keyType: STRING, valueType: STRING_ARRAY },
    );
    this.#url = url;
  }

  override joined(name: string): string | undefined {
    const values = this.#url.parameter(name);
    return noteKey("Url.Query", name, values.length > 0 ? values.join(",") : undefined);
  }

  override lookUp(key: unknown): unknown {
    if (typeof key === "string") this.joined(key);
    return super.lookUp(key);
  }
}

function names(url: RequestUrl): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name] of url.parameters) if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), name);
  return found;
}

/** A dictionary of single values, whose look-ups show in traces under a name. */
class NamedMap extends ReadOnlyMap {
  readonly #name: string;

  constructor(name: string, source: ReadonlyMap<string, unknown>, valueType: Type) {
    super(source, { keyType: STRING, valueType });
    this.#name = name;
  }

  override lookUp(key: unknown): unknown {
    const found = super.lookUp(key);
    return typeof key === "string" ? noteKey(this.#name, key, found) : found;
  }
}

export function stringMap(name: string, source: ReadonlyMap<string, string>): ReadOnlyMap {
  return new NamedMap(name, source, STRING);
}

export function objectMap(name: string, source: ReadonlyMap<string, unknown>): ReadOnlyMap {
  return new NamedMap(name, source, type("System.Object"));
}
