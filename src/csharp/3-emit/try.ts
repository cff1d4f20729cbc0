/**
 * `throw`, `try`, `using`. Where a program has filters (`when`), each `try` tells the run time its handlers while it runs, so that filters
 * are asked before any `finally` runs: see runtime/exception-filters.ts.
 */
import type { Local, Throw, Try, Using } from "../2-bind/bound.ts";
import { declare, type Frame, localName } from "./frame.ts";
import { at } from "./statements.ts";

export function throwStatement(frame: Frame, node: Throw): string {
  if (!node.exception) return `throw ${frame.exceptions.at(-1)};\n`;
  return `A.at = ${node.start};\nthrow ${frame.runtime("thrown")}(${frame.expression(node.exception)});\n`;
}

export function tryStatement(frame: Frame, node: Try): string {
  const last = node.finally ? frame.statement(node.finally) : null;
  if (!frame.program.hasFilters) {
    const handlers = node.catches.length > 0 ? catchText(frame, node.catches) : "";
    return `try ${frame.statement(node.body)}${handlers}${last === null ? "" : ` finally ${last}`}\n`;
  }
  const inner = node.catches.length > 0 ? filteredTry(frame, node) : frame.statement(node.body);
  return last === null ? inner : `try {\n${inner}} ${searching(frame)} finally ${last}\n`;
}

/** The tests of a clause: whether it takes the exception, which its variable then holds. */
function testsOf(frame: Frame, clause: Try["catches"][number], error: string): string {
  const tests: string[] = [];
  if (clause.type && clause.type.name !== "System.Exception")
    tests.push(`${frame.runtime("catches")}(${error}, ${frame.type(clause.type)})`);
  if (clause.local) tests.push(`(${localName(clause.local)} = ${error}, true)`);
  if (clause.filter) tests.push(`${frame.runtime("filter")}(() => ${frame.expression(clause.filter)})`);
  return tests.join(" && ") || "true";
}

/** One JavaScript `catch` with the C# ones inside as a chain of tests; what none of them takes goes on. */
function catchText(frame: Frame, catches: Try["catches"]): string {
  const error = frame.unique("e");
  frame.exceptions.push(error);
  const locals: Local[] = [];
  let chain = "";
  for (const each of catches) {
    locals.push(...each.locals);
    chain += `if (${testsOf(frame, each, error)}) ${frame.statement(each.body)} else `;
  }
  frame.exceptions.pop();
  return `catch (${error}) {\n${frame.runtime("caught")}(${error});\n${declare(locals)}${chain}throw ${error};\n}`;
}

/** The clauses as a function from an exception to the number of the one that takes it, known to the run time during the body. */
function filteredTry(frame: Frame, { body, catches }: Try): string {
  const [error, handler, depth] = [frame.unique("e"), frame.unique("h"), frame.unique("d")];
  const tests = catches.map((each, i) => `${testsOf(frame, each, error)} ? ${i} : `).join("");
  frame.exceptions.push(error);
  const clauses = catches.map((each, i) => `if (${handler}c === ${i}) ${frame.statement(each.body)} else `).join("");
  frame.exceptions.pop();
  return (
    `{\n${declare(catches.flatMap((c) => c.locals))}const ${handler} = (${error}) => ${tests}-1;\n` +
    `const ${depth} = ${frame.runtime("pushHandler")}(${handler});\n` +
    `try ${frame.statement(body)}catch (${error}) {\n${frame.runtime("caught")}(${error});\n` +
    `${frame.runtime("popHandlers")}(${depth});\nconst ${handler}c = ${frame.runtime("takingClause")}(${error}, ${handler});\n` +
    `${clauses}throw ${error};\n} finally { ${frame.runtime("popHandlers")}(${depth}); }\n}\n`
  );
}

/** Before a `finally` runs, the clause that will take the exception is found. */
function searching(frame: Frame): string {
  const error = frame.unique("e");
  return `catch (${error}) { throw ${frame.runtime("findHandler")}(${error}); }`;
}

export function usingStatement(frame: Frame, node: Using): string {
  const search = frame.program.hasFilters ? `${searching(frame)} ` : "";
  let text = frame.statement(node.body);
  for (const { local, value, dispose } of [...node.resources].reverse()) {
    const name = localName(local);
    const end = `${search}finally { if (${name} !== null) ${frame.effect(dispose)}; }`;
    text = `${at(node.start, value)}${name} = ${frame.expression(value)};\ntry {\n${text}} ${end}\n`;
  }
  return `{\n${declare(node.locals)}${text}}\n`;
}
