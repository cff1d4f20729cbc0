/**
 * A long run of the fuzzer: findings of one kind are shown once, with the program that has it.
 *   npm run fuzz -- --count 1000000 --seed 1        from --start, by default 0
 *   npm run fuzz -- --seed 1 --index 4711           one program: its code, JavaScript and findings
 * A worker does the work, so that one that never answers is found out.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Compiler, limits } from "../../../src/csharp/index.ts";
import { globalTypes } from "./globals.ts";
import { checkBatch, type Finding, newTally } from "./invariants.ts";
import { programOf } from "./programs.ts";

/** Programs compiled and linked together. */
const BATCH = 64;
/** Programs that one worker takes: the types that they name stay in its memory. */
const SHARE = 20_000;
/** Budget of one program: enough for every loop that is written to end. */
const STEPS = 100_000;
const SILENCE_MS = 20_000;

interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** One number: the program at work. */
  readonly progress: SharedArrayBuffer;
}

interface Report {
  readonly findings: readonly Finding[];
  readonly counts: readonly number[];
  readonly codes: ReadonlyMap<string, number>;
}

function work({ seed, from, to, progress }: Task): void {
  limits.steps = STEPS;
  const current = new Int32Array(progress);
  const tally = newTally();
  const findings: Finding[] = [];
  for (let start = from; start < to; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => start + i).map((index) => {
      current[0] = index;
      return [index, programOf(seed, index)] as const;
    });
    findings.push(
      ...checkBatch(batch, tally, (index) => {
        current[0] = index;
      }),
    );
  }
  const { programs, compiled, values, exceptions, exhausted, codes } = tally;
  parentPort?.postMessage({ findings, counts: [programs, compiled, values, exceptions, exhausted], codes });
}

/** Runs a share in a worker; a program that hangs it is a finding, and the share goes on behind it. */
async function share(seed: number, from: number, to: number): Promise<Report> {
  const progress = new SharedArrayBuffer(4);
  const current = new Int32Array(progress);
  current[0] = from;
  const worker = new Worker(new URL(import.meta.url), { workerData: { seed, from, to, progress } satisfies Task });
  let stop: (what: string) => void = () => {};
  const done = new Promise<Report | string>((resolve) => {
    stop = resolve;
    worker.once("message", resolve);
    worker.once("error", (error) => resolve(`the worker died: ${error.message}`));
  });
  let seen = -1;
  const watch = setInterval(() => {
    if (seen === current[0]) stop(`it did not end within ${SILENCE_MS} ms`);
    seen = current[0];
  }, SILENCE_MS);
  const result = await done;
  clearInterval(watch);
  await worker.terminate();
  if (typeof result !== "string") return result;
  const index = current[0];
  const finding = { index, program: programOf(seed, index), what: result };
  const first = index > from ? await share(seed, from, index) : emptyReport();
  const rest = index + 1 < to ? await share(seed, index + 1, to) : emptyReport();
  return merged(merged(first, rest), { ...emptyReport(), findings: [finding] });
}

function emptyReport(): Report {
  return { findings: [], counts: [0, 0, 0, 0, 0], codes: new Map() };
}

function merged(a: Report, b: Report): Report {
  const codes = new Map(a.codes);
  for (const [code, n] of b.codes) codes.set(code, (codes.get(code) ?? 0) + n);
  return { findings: [...a.findings, ...b.findings], counts: a.counts.map((n, i) => n + b.counts[i]), codes };
}

/** Findings with one cause: the same message, whatever values are in it, at the same place of our code. */
function kindOf({ what }: Finding): string {
  const [first, ...stack] = what.split("\n");
  const place = stack.map((line) => /src\/[\w./-]+:\d+/.exec(line)?.[0]).find((p) => p !== undefined);
  return `${first.replace(/[\d'"]+/g, "#").slice(0, 60)} ${place ?? ""}`;
}

async function longRun(seed: number, start: number, count: number): Promise<void> {
  const kinds = new Map<string, number>();
  let total = emptyReport();
  const started = performance.now();
  for (let from = start; from < start + count; from += SHARE) {
    const report = await share(seed, from, Math.min(from + SHARE, start + count));
    total = { ...merged(total, report), findings: [] };
    for (const finding of report.findings) {
      const kind = kindOf(finding);
      if (!kinds.has(kind)) show(seed, finding);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const [programs, compiled, values, exceptions, exhausted] = total.counts;
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${programs} programs in ${seconds} s: ${compiled} compile, ${values} give a value, ${exceptions} an exception, ` +
        `${exhausted} are stopped; ${kinds.size} kinds of findings`,
    );
  }
  const codes = [...total.codes].sort((a, b) => b[1] - a[1]).map(([code, n]) => `${code} ${n}`);
  console.log(`Compile errors: ${codes.join(", ")}`);
  for (const [kind, n] of kinds) console.log(`${n} times: ${kind}`);
  process.exitCode = kinds.size === 0 ? 0 : 1;
}

function show(seed: number, { index, program, what }: Finding): void {
  console.log(`--seed ${seed} --index ${index} (${program.kind})\n  ${program.code.slice(0, 2000)}\n  -> ${what}`);
}

function single(seed: number, index: number): void {
  limits.steps = STEPS;
  const program = programOf(seed, index);
  console.log(program.kind, program.code);
  const compiler = new Compiler({ globals: globalTypes });
  const { errors, type } = compiler.compile(program.code, program.kind);
  for (const { code, message } of errors) console.log(`${code} ${message}`);
  console.log(String(type), compiler.generatedCode);
  for (const finding of checkBatch([[index, program]], newTally())) show(seed, finding);
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "100000" },
      start: { type: "string", default: "0" },
      index: { type: "string" },
    },
  });
  const seed = Number(values.seed);
  if (values.index !== undefined) single(seed, Number(values.index));
  else await longRun(seed, Number(values.start), Number(values.count));
} else {
  work(workerData as Task);
}
