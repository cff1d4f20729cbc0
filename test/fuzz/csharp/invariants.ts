/**
 * What must hold for every program, without knowing what .NET says: the compiler answers with errors or a function, never with a failure of
 * its own; running gives a value of the static type, a .NET exception or the end of the budget; nothing of the host changes; a program
 * without clock or chance gives the same twice; printing its tree and parsing again gives the same tree and result.
 */
import { parseBlock, parseExpression } from "../../../src/csharp/1-parse/parse.ts";
import { describe } from "../../../src/csharp/describe.ts";
import { type CompiledExpression, Compiler } from "../../../src/csharp/index.ts";
import { withOwnBudget } from "../../../src/csharp/runtime/budget.ts";
import { CsException, FuelExhausted } from "../../../src/csharp/runtime/values.ts";
import { findDefinition } from "../../../src/csharp/types.ts";
import type { Program } from "./generator.ts";
import { globalTypes, globalValues } from "./globals.ts";
import { hostState } from "./host-state.ts";
import { printExpression } from "./print.ts";
import { printStatements } from "./print-statements.ts";
import { misfit } from "./representation.ts";
import { difference } from "./same-tree.ts";

export interface Finding {
  readonly index: number;
  readonly program: Program;
  readonly what: string;
}

export interface Tally {
  programs: number;
  compiled: number;
  values: number;
  exceptions: number;
  exhausted: number;
  /** Of compile errors, by code. */
  readonly codes: Map<string, number>;
}

export function newTally(): Tally {
  return { programs: 0, compiled: 0, values: 0, exceptions: 0, exhausted: 0, codes: new Map() };
}

interface Candidate {
  readonly index: number;
  readonly program: Program;
  readonly compiled: CompiledExpression;
  readonly reprinted?: CompiledExpression;
}

/** Results that depend on clock, chance, identity or the process: they need not be the same twice. */
const IMPURE =
  /Now|Today|Random|NewGuid|Next|Generate|GetHashCode|Comparer|Create|\bAes|HashCode|ExceptionHashCode|CurrentTimeZone|Local|new HMAC\w+\(\)|Key|IV|Ticks|Encrypt/;

/** Texts of the host that no .NET value prints. */
const HOST_TEXT =
  /(?<!An )\bundefined\b|\[object |\bfunction \(|=> \{|\bTypeError\b|\bRangeError\b|Cannot read prop|is not a function/;

/** Checks a batch of programs: compiled one by one, linked together, run one by one. `before` is told of each run. */
export function checkBatch(
  batch: readonly (readonly [number, Program])[],
  tally: Tally,
  before: (index: number) => void = noNotice,
): Finding[] {
  const findings: Finding[] = [];
  const state = hostState();
  const candidates: Candidate[] = [];
  const compiler = new Compiler({ globals: globalTypes });
  for (const [index, program] of batch) {
    before(index);
    tally.programs++;
    const report = (what: string) => findings.push({ index, program, what });
    const candidate = compile(compiler, index, program, tally, report);
    if (candidate) candidates.push(candidate);
  }
  try {
    compiler.link();
  } catch (error) {
    return [...findings, ...linkedAlone(candidates, error)];
  }
  for (const candidate of candidates) {
    before(candidate.index);
    run(candidate, tally, (what) => findings.push({ index: candidate.index, program: candidate.program, what }));
  }
  const changed = difference(state, hostState());
  if (changed)
    findings.push({ index: batch[0][0], program: batch[0][1], what: `the host changed in this batch: ${changed}` });
  return findings;
}

function noNotice(): void {}

/** Milliseconds that this thread has worked, whatever else the machine does. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function compile(
  compiler: Compiler,
  index: number,
  program: Program,
  tally: Tally,
  report: (what: string) => void,
): Candidate | undefined {
  const started = cpuMs();
  try {
    const compiled = compiler.compile(program.code, program.kind, { warn: index % 4 === 0 });
    const took = cpuMs() - started;
    if (took > 1000) report(`compiling took ${Math.round(took)} ms`);
    if (compiled.errors.length > 0) {
      for (const { code, message } of compiled.errors) {
        tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
        const isStrange =
          HOST_TEXT.test(message) && !HOST_TEXT.test(program.code) && !program.code.includes("undefined");
        if (isStrange || !/^(CS|SP)\d{4}$/.test(code)) report(`strange error ${code} ${message}`);
      }
      return undefined;
    }
    tally.compiled++;
    const reprinted = reprint(compiler, index, program, report);
    return { index, program, compiled, reprinted };
  } catch (error) {
    report(`the compiler failed: ${stackOf(error)}`);
    return undefined;
  }
}

function reprint(
  compiler: Compiler,
  index: number,
  { code, kind }: Program,
  report: (what: string) => void,
): CompiledExpression | undefined {
  const isBlock = kind === "block";
  const tree = isBlock ? parseBlock(code).tree : parseExpression(code).tree;
  const text = tree.kind === "Block" ? printStatements(tree.statements) : printExpression(tree);
  const again = isBlock ? parseBlock(text) : parseExpression(text);
  if (again.errors.length > 0) report(`printed, it does not parse: ${again.errors[0].message}: ${text}`);
  else {
    const where = difference(tree, again.tree);
    if (where) report(`printed, it parses differently at ${where}: ${text}`);
  }
  return index % 8 === 0 ? compiler.compile(text, kind) : undefined;
}

/** The module of the batch is no JavaScript: which program is to blame? */
function linkedAlone(candidates: readonly Candidate[], error: unknown): Finding[] {
  const guilty = candidates.filter(({ program }) => {
    const compiler = new Compiler({ globals: globalTypes });
    compiler.compile(program.code, program.kind);
    try {
      compiler.link();
      return false;
    } catch {
      return true;
    }
  });
  const blamed = guilty.length > 0 ? guilty : candidates.slice(0, 1);
  return blamed.map(({ index, program }) => ({ index, program, what: `linking failed: ${stackOf(error)}` }));
}

function run({ program, compiled, reprinted }: Candidate, tally: Tally, report: (what: string) => void): void {
  const started = cpuMs();
  const first = resultOf(compiled, report);
  const took = cpuMs() - started;
  if (took > 1500) report(`running took ${Math.round(took)} ms`);
  if (first.startsWith("value")) tally.values++;
  else if (first.startsWith("stopped")) tally.exhausted++;
  else tally.exceptions++;
  // Json.NET has a token of its own for what is missing between commas: undefined.
  const shown = /^(value|exception) Newtonsoft\.Json\./.test(first) ? first.replaceAll("undefined", "") : first;
  if (HOST_TEXT.test(shown) && !/undefined|\[object|=>/i.test(program.code)) report(`text of the host: ${first}`);
  if (IMPURE.test(program.code) || first.startsWith("stopped")) return;
  const second = resultOf(compiled, report);
  if (second !== first) report(`a second run differs: ${first} | ${second}`);
  if (!reprinted) return;
  if (reprinted.errors.length > 0) return report(`printed, it does not compile: ${reprinted.errors[0].message}`);
  const other = resultOf(reprinted, report);
  if (other !== first) report(`printed, it gives something else: ${first} | ${other}`);
}

/** Runs it and shows the outcome as a line of text. */
function resultOf(compiled: CompiledExpression, report: (what: string) => void): string {
  try {
    const value = compiled.run(...globalValues());
    const wrong = withOwnBudget(() => protectedly(() => misfit(value, compiled.type)));
    if (wrong) report(`not of its type: ${wrong}`);
  } catch (error) {
    return outcomeText(error, report);
  }
  try {
    const boxed = compiled.runBoxed(...globalValues());
    const { type, value, str } = withOwnBudget(() => describe(boxed));
    return `value ${type} ${JSON.stringify(value)} ${str}`.slice(0, 5000);
  } catch (error) {
    return `value ${outcomeText(error, report)}`;
  }
}

/** A sequence may throw when it is looked at: that is its right. */
function protectedly(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof CsException || error instanceof FuelExhausted) return undefined;
    throw error;
  }
}

function outcomeText(error: unknown, report: (what: string) => void): string {
  if (error instanceof FuelExhausted && error.message.includes(" or "))
    report(`the host's own limit: ${error.message}`);
  if (error instanceof FuelExhausted) return `stopped: ${error.message}`;
  if (error instanceof CsException) {
    if (!findDefinition(error.typeName)) report(`unknown exception ${error.typeName}`);
    return `exception ${error.typeName}: ${error.message}`;
  }
  report(`failed: ${stackOf(error)}`);
  return "failed";
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).split("\n").slice(0, 6).join("\n      ");
}
