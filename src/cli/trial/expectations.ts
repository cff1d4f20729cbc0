/** Compares what came with what was expected, and says in words where they differ. */
import { isDeepStrictEqual } from "node:util";
import type { Expected, ExpectedCall } from "./case-file.ts";
import type { SentCall } from "./outside.ts";

const MAX_SHOWN = 400;

/** Undefined when it is as expected. */
export function textProblem(what: string, expected: Expected, found: string | undefined): string | undefined {
  if (expected === null) return found === undefined ? undefined : `${what}: expected none, found ${shown(found)}`;
  if (typeof expected === "object") return `${what}: expected a text, not JSON`;
  if (found === undefined) return `${what}: expected ${shown(expected)}, found none`;
  const pattern = /^\/(.*)\/$/s.exec(expected)?.[1];
  const isRight = pattern === undefined ? found === expected : new RegExp(pattern).test(found);
  return isRight ? undefined : `${what}: expected ${shown(expected)}, found ${shown(found)}`;
}

/** A text, nothing, or JSON of which the expected is a part: objects may have more members, lists not more items. */
export function bodyProblem(what: string, expected: Expected, found: string): string | undefined {
  if (expected === null) return found === "" ? undefined : `${what}: expected none, found ${shown(found)}`;
  if (typeof expected === "string") return textProblem(what, expected, found);
  let value: unknown;
  try {
    value = JSON.parse(found);
  } catch {
    return `${what}: expected JSON, found ${shown(found)}`;
  }
  const path = differenceOf(expected.json, value, "");
  return path === undefined
    ? undefined
    : `${what}${path}: expected ${shown(JSON.stringify(expected.json))}, found ${shown(found)}`;
}

/** Path of the first place that differs. */
function differenceOf(expected: unknown, found: unknown, path: string): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return path;
    for (const [i, item] of expected.entries()) {
      const inner = differenceOf(item, found[i], `${path}[${i}]`);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }
  if (typeof expected !== "object" || expected === null) return isDeepStrictEqual(expected, found) ? undefined : path;
  if (typeof found !== "object" || found === null || Array.isArray(found)) return path;
  const members = new Map(Object.entries(found));
  for (const [name, item] of Object.entries(expected)) {
    const inner = differenceOf(item, members.get(name), `${path}.${name}`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

export function callProblems(expected: readonly ExpectedCall[], sent: readonly SentCall[]): string[] {
  const found = sent.map(({ method, url }) => `${method} ${url}`).join(", ") || "none";
  if (expected.length !== sent.length) return [`sent: expected ${expected.length} calls, found ${found}`];
  return expected.flatMap((call, i) => {
    const { method, url, headers, body } = sent[i];
    const what = `sent[${i}]`;
    const problems = [
      call.method === undefined ? undefined : textProblem(`${what} method`, call.method, method),
      call.url === undefined ? undefined : textProblem(`${what} url`, call.url, url),
      ...call.headers.map(([name, wanted]) => textProblem(`${what} header ${name}`, wanted, headers.joined(name))),
      call.body === undefined ? undefined : bodyProblem(`${what} body`, call.body, body),
    ];
    return problems.filter((problem) => problem !== undefined);
  });
}

function shown(text: string): string {
  const cut = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return JSON.stringify(cut);
}
