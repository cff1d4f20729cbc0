/** Headers, query parameters and variables as .NET read-only dictionaries, over what the exchange holds: no copy is made. */
import { ReadOnlyMap } from "../../csharp/library/collection-protocol.ts";
import { strings } from "../../csharp/runtime/values.ts";
import { arrayOf, type } from "../../csharp/types.ts";
import type { Headers } from "../../http/headers.ts";
import type { RequestUrl } from "../../kit/url.ts";

const STRING = type("System.String");
const STRING_ARRAY = arrayOf(STRING);

/** A dictionary of several values by name that can also answer them joined by commas. */
export abstract class MultiValues extends ReadOnlyMap {
  /** Values joined by commas; undefined when absent. */
  abstract joined(name: string): string | undefined;
}

export class HeaderDictionary extends MultiValues {
  readonly #headers: Headers;

  constructor(headers: Headers) {
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
  }

  override joined(name: string): string | undefined {
    return this.#headers.joined(name);
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
    return values.length > 0 ? values.join(",") : undefined;
  }
}

function names(url: RequestUrl): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name] of url.parameters) if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), name);
  return found;
}

export function stringMap(source: ReadonlyMap<string, string>): ReadOnlyMap {
  return new ReadOnlyMap(source, { keyType: STRING, valueType: STRING });
}

export function objectMap(source: ReadonlyMap<string, unknown>): ReadOnlyMap {
  return new ReadOnlyMap(source, { keyType: STRING, valueType: type("System.Object") });
}
