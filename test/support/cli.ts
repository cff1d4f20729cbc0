/** Runs the real `sallyport` command as a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../src/cli/sallyport.ts", import.meta.url));

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly nodeOptions?: readonly string[];
}

/** Runs to the end. */
export async function sallyport(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const running = start(args, options);
  running.process.stdin.end(options.input ?? "");
  return running.ended;
}

export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves with the match when standard error has come to hold it; rejects when the process ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a command that runs until it is told to stop; the test's end stops it in any case. */
export function startSallyport(t: TestContext, args: readonly string[], options: CliOptions = {}): Running {
  const running = start(args, options);
  t.after(() => running.process.kill("SIGKILL"));
  return running;
}

const STATE = mkdtempSync(join(tmpdir(), "sallyport-state-"));
process.on("exit", () => rmSync(STATE, { recursive: true, force: true }));

function start(args: readonly string[], options: CliOptions): Running {
  const { NO_COLOR, FORCE_COLOR, SALLYPORT_ENVIRONMENT, NODE_OPTIONS, ...env } = process.env;
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), COMMAND, ...args], {
    // State of the product goes where nothing outlives the test run.
    env: { ...env, XDG_STATE_HOME: STATE, ...options.env },
  });
  let out = "";
  let err = "";
  let isEnded = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    wake();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      isEnded = true;
      wake();
      resolve({ code: code ?? undefined, out, err });
    });
  });
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(err);
        if (match === null && !isEnded) return;
        waiting.delete(look);
        if (match === null) reject(new Error(`ended without saying ${pattern}: ${err}`));
        else resolve(match);
      };
      waiting.add(look);
      look();
    });
  return { process: child, ended, said };
}
