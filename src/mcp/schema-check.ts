/**
 * Checks values against a JSON schema (https://json-schema.org/draft/2020-12/json-schema-validation), with the keywords that tools' schemas
 * have. A schema is made into functions once; what they do for one value is bounded, whatever the value and the schema. Formats are
 * annotations, as the specification has it.
 */
import { isObject } from "./json-rpc.ts";
import { LinearPattern } from "./linear-pattern.ts";

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown, at: string, run: Run) => void;

/** Characters, items and members that are looked at for one value. */
const MAX_STEPS = 5_000_000;
const MAX_PROBLEMS = 5;
const MAX_LISTED = 20;

/** The value would take too long to check. */
class TooMuch extends Error {}

/** One value's check: what was found, and what it may still cost. */
class Run {
  readonly problems: string[] = [];
  #steps: { left: number };

  constructor(steps = { left: MAX_STEPS }) {
    this.#steps = steps;
  }

  spend = (steps: number): void => {
    this.#steps.left -= steps;
    if (this.#steps.left < 0) throw new TooMuch();
  };

  problem(at: string, what: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(`${at} ${what}.`);
  }

  /** Whether the value stands a check of which nobody hears more. */
  stands(check: Check, value: unknown): boolean {
    const run = new Run(this.#steps);
    check(value, "", run);
    return run.problems.length === 0;
  }
}

/**
 * @param schema of an object
 * @returns what is wrong with a value, in words for who wrote it, member by member; "" for nothing
 */
export function schemaCheck(schema: unknown): (value: Json) => string {
  const check = checkOf(schema);
  return (value) => {
    const run = new Run();
    try {
      check(value, "", run);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return "The arguments are too much to be checked.";
    }
    return run.problems.join("\n");
  };
}

function checkOf(schema: unknown): Check {
  if (schema === false) return (_, at, run) => run.problem(at, "must not be there");
  if (!isObject(schema)) return () => {};
  const checks = [
    typeCheck(schema),
    Array.isArray(schema.enum) ? valuesCheck(schema.enum) : undefined,
    "const" in schema ? valuesCheck([schema.const]) : undefined,
    numberCheck(schema),
    textCheck(schema),
    listCheck(schema),
    objectCheck(schema),
    ...combined(schema),
  ].filter((check) => check !== undefined);
  return (value, at, run) => {
    run.spend(1);
    for (const check of checks) check(value, at, run);
  };
}

const TYPES: Readonly<Record<string, readonly [name: string, is: (value: unknown) => boolean]>> = {
  string: ["a text", (value) => typeof value === "string"],
  number: ["a number", (value) => typeof value === "number"],
  integer: ["a whole number", (value) => Number.isInteger(value)],
  boolean: ["true or false", (value) => typeof value === "boolean"],
  array: ["a list", Array.isArray],
  object: ["an object", isObject],
  null: ["null", (value) => value === null],
};

function typeCheck({ type }: Json): Check | undefined {
  const known = (Array.isArray(type) ? type : [type]).filter((name) => Object.hasOwn(TYPES, String(name)));
  if (known.length === 0) return undefined;
  const types = known.map((name) => TYPES[String(name)]);
  const words = types.map(([name]) => name).join(" or ");
  return (value, at, run) => {
    if (!types.some(([, is]) => is(value))) run.problem(at, `must be ${words}`);
  };
}

function valuesCheck(values: readonly unknown[]): Check {
  const known = new Set(values.map((value) => canonical(value)));
  const listed = values.slice(0, MAX_LISTED).map((value) => JSON.stringify(value));
  const words = listed.join(", ") + (values.length > MAX_LISTED ? " ..." : "");
  return (value, at, run) => {
    if (!known.has(canonical(value, run))) run.problem(at, `must be ${values.length > 1 ? "one of " : ""}${words}`);
  };
}

/** Equal values are equal texts: members in one order, one way to write a number. */
function canonical(value: unknown, run?: Run): string {
  run?.spend(typeof value === "string" ? 1 + value.length : 1);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, run)).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name], run)}`).join(",")}}`;
}

function numberOf(schema: Json, name: string): number | undefined {
  const value = schema[name];
  return typeof value === "number" ? value : undefined;
}

type Bound = readonly [limit: number | undefined, isFine: (value: number, limit: number) => boolean, words: string];

/** The bounds that are set. */
function boundsCheck(
  bounds: readonly Bound[],
  unit: string,
): ((value: number, at: string, run: Run) => void) | undefined {
  const set = bounds.flatMap(([limit, isFine, words]) => (limit === undefined ? [] : [{ limit, isFine, words }]));
  if (set.length === 0) return undefined;
  return (value, at, run) => {
    for (const { limit, isFine, words } of set)
      if (!isFine(value, limit))
        run.problem(at, `must ${words} ${limit}${limit === 1 ? unit.replace(/s$/, "") : unit}`);
  };
}

function numberCheck(schema: Json): Check | undefined {
  const check = boundsCheck(
    [
      [numberOf(schema, "minimum"), (value, limit) => value >= limit, "be at least"],
      [numberOf(schema, "maximum"), (value, limit) => value <= limit, "be at most"],
      [numberOf(schema, "exclusiveMinimum"), (value, limit) => value > limit, "be more than"],
      [numberOf(schema, "exclusiveMaximum"), (value, limit) => value < limit, "be less than"],
      [numberOf(schema, "multipleOf"), isMultiple, "be a multiple of"],
    ],
    "",
  );
  return check && ((value, at, run) => typeof value === "number" && check(value, at, run));
}

/** Fractions are not exact: 19.99 is a multiple of 0.01. */
function isMultiple(value: number, unit: number): boolean {
  const times = value / unit;
  return Math.abs(times - Math.round(times)) <= Math.abs(times) * 4 * Number.EPSILON;
}

function textCheck(schema: Json): Check | undefined {
  const bounds = boundsCheck(sizeBounds(schema, "Length"), " characters");
  const { pattern: source } = schema;
  const pattern = typeof source === "string" ? LinearPattern.of(source) : undefined;
  if (bounds === undefined && pattern === undefined) return undefined;
  return (value, at, run) => {
    if (typeof value !== "string") return;
    bounds?.(characters(value, run), at, run);
    if (pattern?.test(value, run.spend) === false) run.problem(at, `must match the pattern ${source}`);
  };
}

function sizeBounds(schema: Json, of: string): Bound[] {
  return [
    [numberOf(schema, `min${of}`), (size, limit) => size >= limit, "have at least"],
    [numberOf(schema, `max${of}`), (size, limit) => size <= limit, "have at most"],
  ];
}

/** A character beyond the first plane is one, though it is two in memory. */
function characters(text: string, run: Run): number {
  run.spend(text.length);
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function listCheck(schema: Json): Check | undefined {
  const bounds = boundsCheck(sizeBounds(schema, "Items"), " items");
  const items = schema.items === undefined ? undefined : checkOf(schema.items);
  const isUnique = schema.uniqueItems === true;
  if (bounds === undefined && items === undefined && !isUnique) return undefined;
  return (value, at, run) => {
    if (!Array.isArray(value)) return;
    bounds?.(value.length, at, run);
    if (items !== undefined) for (const [i, item] of value.entries()) items(item, `${at}[${i}]`, run);
    if (isUnique && new Set(value.map((item) => canonical(item, run))).size < value.length)
      run.problem(at, "must have no item twice");
  };
}

function objectCheck(schema: Json): Check | undefined {
  const bounds = boundsCheck(sizeBounds(schema, "Properties"), " members");
  const members = isObject(schema.properties) ? schema.properties : {};
  const known = new Map(Object.entries(members).map(([name, member]) => [name, checkOf(member)]));
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const { additionalProperties: others } = schema;
  const other = others === undefined || others === true || others === false ? undefined : checkOf(others);
  if (bounds === undefined && known.size === 0 && required.length === 0 && others === undefined) return undefined;
  return (value, at, run) => {
    if (!isObject(value)) return;
    const names = Object.keys(value);
    run.spend(names.length);
    bounds?.(names.length, at, run);
    for (const name of required) if (!Object.hasOwn(value, name)) run.problem(memberOf(at, name), "is missing");
    for (const name of names) {
      const check = known.get(name) ?? other;
      if (check !== undefined) check(value[name], memberOf(at, name), run);
      else if (others === false && !known.has(name)) run.problem(memberOf(at, name), "is not known");
    }
  };
}

function memberOf(at: string, name: string): string {
  const short = name.slice(0, 100);
  return at === "" ? short : `${at}.${short}`;
}

function combined({ allOf, anyOf, oneOf, not }: Json): Check[] {
  const checks: Check[] = [];
  if (Array.isArray(allOf)) checks.push(...allOf.map(checkOf));
  if (Array.isArray(anyOf)) checks.push(fitting(anyOf.map(checkOf), (count) => count > 0, "at least one"));
  if (Array.isArray(oneOf)) checks.push(fitting(oneOf.map(checkOf), (count) => count === 1, "exactly one"));
  if (isObject(not) || typeof not === "boolean") {
    const check = checkOf(not);
    checks.push((value, at, run) => {
      if (run.stands(check, value)) run.problem(at, "is of a form that is not allowed");
    });
  }
  return checks;
}

function fitting(forms: readonly Check[], isFine: (count: number) => boolean, words: string): Check {
  return (value, at, run) => {
    const fits = forms.filter((form) => run.stands(form, value)).length;
    if (!isFine(fits)) run.problem(at, `must be of ${words} of the ${forms.length} forms of its schema`);
  };
}
