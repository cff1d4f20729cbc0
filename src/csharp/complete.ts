/**
 * What may be written at the end of an unfinished expression, for prompts: members by the static type before the dot, or names.
 * Works on text, because what is being typed seldom parses.
 */
import { IMPORTS, simpleTypeNames } from "./2-bind/names.ts";
import { memberKey } from "./2-bind/member-key.ts";
import { Compiler } from "./index.ts";
import { link } from "./library/link.ts";
import { allDefinitions, findDefinition, keywordTypes, type MemberDef, parseType, type Type, type } from "./types.ts";

export interface Completions {
  /** In alphabetical order; each begins with `prefix`, upper and lower case aside. */
  readonly names: readonly string[];
  /** The part of a name at the end of the text. */
  readonly prefix: string;
}

const KEYWORDS: readonly string[] = "default false foreach new null return true typeof var".split(" ");

/**
 * @param text what was typed up to the cursor
 * @param setup statements before it
 */
export function complete(text: string, globals: Readonly<Record<string, Type>>, setup = ""): Completions {
  const prefix = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - prefix.length).trimEnd();
  const matching = (names: Iterable<string>): Completions => {
    const wanted = prefix.toLowerCase();
    const found = [...new Set(names)].filter((n) => n.toLowerCase().startsWith(wanted));
    return { names: found.sort(), prefix };
  };
  if (!before.endsWith(".")) {
    return matching(
      prefix === "" ? [] : [...Object.keys(globals), ...KEYWORDS, ...keywordTypes.keys(), ...simpleTypeNames()],
    );
  }
  const dot = before.length - (before.endsWith("?.") ? 2 : 1);
  const receiver = before.slice(receiverStart(before, dot), dot).trim();
  return matching(receiver === "" ? [] : membersOf(receiver, globals, setup));
}

function membersOf(receiver: string, globals: Readonly<Record<string, Type>>, setup: string): string[] {
  const compile = (code: string) =>
    new Compiler({ globals }).compile(code, "expr", setup === "" ? undefined : { setup });
  const value = compile(receiver);
  if (value.errors.length === 0) return instanceNames(value.type);
  const named = typeNamed(receiver) ?? compile(`default(${receiver})`).type;
  return named.def.m.filter((m) => m.s === 1 && !m.ext && isSupported(named, m)).flatMap(nameOf);
}

/** A type by its name alone: static classes too. */
function typeNamed(name: string): Type | undefined {
  const full = [keywordTypes.get(name) ?? name, ...IMPORTS.map((namespace) => `${namespace}.${name}`)];
  const found = full.find((each) => findDefinition(each) !== undefined);
  return found === undefined ? undefined : type(found);
}

function instanceNames(t: Type): string[] {
  const shape = t.kind === "array" ? type("System.Array") : t;
  const supported = [shape, ...ancestors(t)].flatMap((each) =>
    each.def.m.filter((m) => !m.s && m.k !== "ctor" && !m.ix && isSupported(each, m)).flatMap(nameOf),
  );
  const named = t.memberNames?.filter((n) => n !== undefined) ?? [];
  return [...supported, ...named, ...extensionNames(t)];
}

function* ancestors(t: Type): Generator<Type> {
  for (let base = t.base; base !== null; base = base.base) yield base;
  yield* t.interfaces;
}

function isSupported(owner: Type, def: MemberDef): boolean {
  if (def.k === "field" && def.v !== undefined) return true;
  return link({ declaringType: owner, def, key: memberKey(def) }, memberKey(def)) !== undefined;
}

function nameOf({ n }: MemberDef): string[] {
  return n === undefined || n.startsWith("op_") ? [] : [n];
}

/** Extension methods whose `this` is the type, one of its bases or interfaces, whatever its arguments. */
function extensionNames(t: Type): string[] {
  const known = new Set([t, ...ancestors(t)].map((each) => each.name));
  const names: string[] = [];
  for (const def of allDefinitions()) {
    if (def.kind !== "static") continue;
    const owner = type(def.type);
    for (const m of def.m) {
      const self = m.ext === 1 ? m.p?.[0]?.t : undefined;
      if (self !== undefined && known.has(parseType(self).name) && isSupported(owner, m)) names.push(...nameOf(m));
    }
  }
  return names;
}

const OPENERS: Readonly<Record<string, string>> = { ")": "(", "]": "[", ">": "<" };

/** Offset where the expression begins whose member is wanted at the dot. */
function receiverStart(text: string, dot: number): number {
  let at = dot;
  for (;;) {
    at = primaryStart(text, at);
    const before = text.slice(0, at).trimEnd();
    if (before.endsWith(".")) at = before.length - (before.endsWith("?.") ? 2 : 1);
    else return /(?:^|[^\p{L}\p{N}_])new$/u.test(before) ? before.length - 3 : at;
  }
}

/** Back over brackets, a literal and a name: `As<JObject>()`, `items[0]`, `"text"`. */
function primaryStart(text: string, from: number): number {
  let at = from;
  while (at > 0) {
    const last = text[at - 1];
    if (Object.hasOwn(OPENERS, last)) at = openerOf(text, at - 1);
    else if (last === '"' || last === "'") return quoteStart(text, at - 1);
    else if (/[\p{L}\p{N}_]/u.test(last)) return at - (/[\p{L}\p{N}_]+$/u.exec(text.slice(0, at))?.[0].length ?? 0);
    else if (/\s/.test(last)) at--;
    else return at;
  }
  return at;
}

function openerOf(text: string, close: number): number {
  const stack = [OPENERS[text[close]]];
  for (let at = close - 1; at >= 0; at--) {
    const c = text[at];
    if (c === '"' || c === "'") at = quoteStart(text, at);
    else if (c === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return at;
    } else if (c === ")" || c === "]") stack.push(OPENERS[c]);
  }
  return 0;
}

/** The quote that a closing one belongs to, with `@` or `$` before it. */
function quoteStart(text: string, close: number): number {
  let at = close - 1;
  while (at >= 0 && (text[at] !== text[close] || text[at - 1] === "\\")) at--;
  while (at > 0 && /[@$]/.test(text[at - 1])) at--;
  return Math.max(0, at);
}
