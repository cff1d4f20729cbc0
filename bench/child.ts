/** Processes of a benchmark: how a child says that it is ready, and what the kernel says it has used. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";

/** Called by a child: tells the parent its port, and that of TLS where it has one. */
export function ready(address: AddressInfo | string | null, tlsPort = 0): void {
  process.send?.({ port: (address as AddressInfo).port, tlsPort });
  process.on("disconnect", () => process.exit(0));
}

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly tlsPort: number;
}

/** Starts a script of this folder, its output thrown away, and waits until it is ready. */
export function start(script: string, args: readonly string[], execArgv: readonly string[] = []): Promise<Child> {
  const path = new URL(script, import.meta.url).pathname;
  const child = fork(path, args, { execArgv: [...execArgv], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  return new Promise((resolve, reject) => {
    child.once("message", (message: { port: number; tlsPort: number }) =>
      resolve({ process: child, pid: child.pid as number, ...message }),
    );
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code} before it was ready`)));
  });
}

/** Asks a child and waits for its answer. */
export function ask<T>(child: Child, question: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("A benchmark process ended unexpectedly"));
    child.process.once("exit", ended);
    child.process.once("message", (answer: T) => {
      child.process.off("exit", ended);
      resolve(answer);
    });
    child.process.send(question);
  });
}

/** Linux counts in hundredths of a second everywhere that Node runs. */
const TICK_US = 10_000;

/** User and system time of a process, all its threads together, in microseconds (proc(5), fields 14 and 15). */
export function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
