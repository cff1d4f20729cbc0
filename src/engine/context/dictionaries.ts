/** Headers, query parameters and variables as .NET read-only dictionaries, over what the exchange holds: no copy is made. */
import { ReadOnlyMap } from "../../csharp/library/collection-protocol.ts";
import { strings } from "../../csharp/runtime/values.ts";
import { arrayOf, type } from "../../csharp/types.ts";
import type { Headers } from "../../http/headers.ts";
import type { RequestUrl } from "../../kit/url.ts";
import { noteHeader, noteKey } from "./inputs.ts";

const STRING = type("System.String");
const ARRAYS_BY_NAME = { keyType: STRING, valueType: arrayOf(STRING) };
const STRINGS_BY_NAME = { keyType: STRING, valueType: STRING };
const OBJECTS_BY_NAME = { keyType: STRING, valueType: type("System.Object") };

/** A dictionary of several values by name that can also answer them joined by commas. */
export abstract class MultiValues extends ReadOnlyMap {
  /** Values joined by commas; undefined when absent. */
  abstract joined(name: string): string | undefined;
}

class HeaderSource {
  readonly #headers: Headers;

  constructor(headers: Headers) {
    this.#headers = headers;
  }

  get size(): number {
    return distinct(this.#headers.raw).size;
  }

  get(name: string): unknown {
    return this.#headers.has(name) ? strings(this.#headers.all(name)) : undefined;
  }

  keys(): Iterable<string> {
    return distinct(this.#headers.raw).values();
  }
}

export class HeaderDictionary extends MultiValues {
  readonly #headers: Headers;
  readonly #message: string;

  /** @param message `Request` or `Response`, for traces */
  constructor(headers: Headers, message: string) {
    super(new HeaderSource(headers), ARRAYS_BY_NAME);
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

class QuerySource {
  readonly #url: RequestUrl;

  constructor(url: RequestUrl) {
    this.#url = url;
  }

  get size(): number {
    return names(this.#url).size;
  }

  get(name: string): unknown {
    const values = this.#url.parameter(name);
    return values.length > 0 ? strings(values) : undefined;
  }

  keys(): Iterable<string> {
    return names(this.#url).values();
  }
}

export class QueryDictionary extends MultiValues {
  readonly #url: RequestUrl;

  constructor(url: RequestUrl) {
    super(new QuerySource(url), ARRAYS_BY_NAME);
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

  constructor(name: string, source: ReadonlyMap<string, unknown>, types: typeof STRINGS_BY_NAME) {
    super(source, types);
    this.#name = name;
  }

  override lookUp(key: unknown): unknown {
    const found = super.lookUp(key);
    return typeof key === "string" ? noteKey(this.#name, key, found) : found;
  }
}

export function stringMap(name: string, source: ReadonlyMap<string, string>): ReadOnlyMap {
  return new NamedMap(name, source, STRINGS_BY_NAME);
}

export function objectMap(name: string, source: ReadonlyMap<string, unknown>): ReadOnlyMap {
  return new NamedMap(name, source, OBJECTS_BY_NAME);
}
