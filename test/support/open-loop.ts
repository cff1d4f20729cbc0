/** Load that does not wait for answers: calls are sent at their time, on connections kept for the purpose, each for one call at a time. */
import { Agent, request } from "node:http";

export interface Ended {
  /** 0: the connection broke. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly ms: number;
}

export interface OpenLoop {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Calls a second. */
  readonly rate: number;
  readonly durationMs: number;
  readonly agent?: Agent;
}

/** Ends when each call has ended. */
export async function openLoop(load: OpenLoop): Promise<Ended[]> {
  const agent = load.agent ?? new Agent({ keepAlive: true });
  const startedAt = performance.now();
  const calls: Promise<Ended>[] = [];
  const total = (load.rate * load.durationMs) / 1000;
  while (calls.length < total) {
    const due = Math.min(total, ((performance.now() - startedAt) * load.rate) / 1000);
    while (calls.length < due) calls.push(callOnce(load, agent));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const ended = await Promise.all(calls);
  if (load.agent === undefined) agent.destroy();
  return ended;
}

export function callOnce(
  { port, path, headers }: Omit<OpenLoop, "rate" | "durationMs">,
  agent?: Agent,
): Promise<Ended> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, retryAfter?: string) =>
      resolve({ status, retryAfter, ms: performance.now() - startedAt });
    const asked = request({ port, path, headers, agent: agent ?? false }, (response) => {
      response.resume();
      response.on("end", () => end(response.statusCode ?? 0, response.headers["retry-after"]));
      response.on("error", () => end(0));
    });
    asked.on("error", () => end(0));
    asked.end();
  });
}
