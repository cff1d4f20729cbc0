/**
 * Active health checks: asks each backend that wants it, at its interval, whether it is well, so that a pool leaves a broken member alone
 * before a caller meets it. One thread of a process asks; what it finds out all threads, and replicas over Redis, know as an open breaker.
 */
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { trustOf } from "../kit/backend-access.ts";
import { healthKey } from "../kit/backend-health.ts";
import type { Services } from "../kit/services.ts";
import type { Backend, HealthCheck, Snapshot } from "../resources/snapshot.ts";

/** A backend that is not well stays so for this many intervals without further news: longer than one slow probe. */
const LASTING_INTERVALS = 3;

type World = Pick<Services, "upstream" | "breakers" | "log">;

export class HealthProber {
  readonly #world: World;
  #probes = new Map<string, Probe>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes up the health checks of a configuration; of a backend that is asked as before, what is known stays known. */
  configure(snapshot: Snapshot): void {
    const next = new Map<string, Probe>();
    for (const backend of snapshot.backends.values()) {
      if (backend.healthCheck === undefined || !URL.canParse(backend.url)) continue;
      const known = this.#probes.get(backend.id);
      const isSame = known?.isOf(backend) === true;
      next.set(backend.id, isSame ? known : new Probe(this.#world, backend, backend.healthCheck, snapshot));
    }
    for (const [id, probe] of this.#probes) if (next.get(id) !== probe) probe.stop(!next.has(id));
    this.#probes = next;
  }

  stop(): void {
    for (const probe of this.#probes.values()) probe.stop(false);
    this.#probes.clear();
  }
}

class Probe {
  readonly #world: World;
  readonly #backend: Backend;
  readonly #check: HealthCheck;
  readonly #snapshot: Snapshot;
  readonly #url: URL;
  #timer: NodeJS.Timeout;
  #isStopped = false;
  #isWell = true;
  /** Probes in a row that say the other. */
  #against = 0;

  constructor(world: World, backend: Backend, check: HealthCheck, snapshot: Snapshot) {
    this.#world = world;
    this.#backend = backend;
    this.#check = check;
    this.#snapshot = snapshot;
    this.#url = new URL(`${backend.url}${check.path}`);
    this.#timer = this.#wait(0);
  }

  isOf(backend: Backend): boolean {
    const { url, healthCheck } = this.#backend;
    return url === backend.url && JSON.stringify(healthCheck) === JSON.stringify(backend.healthCheck);
  }

  /** @param forgets what was found out holds no more */
  stop(forgets: boolean): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (forgets && !this.#isWell) this.#world.breakers.reset(healthKey(this.#backend));
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#ask(), ms).unref();
  }

  async #ask(): Promise<void> {
    const { intervalMs } = this.#check;
    const problem = await this.#problem();
    if (this.#isStopped) return;
    this.#judge(problem);
    // Not all gateways in the same moment.
    this.#timer = this.#wait(intervalMs * (0.9 + Math.random() * 0.2));
  }

  /** Undefined: it is well. */
  async #problem(): Promise<string | undefined> {
    const { timeoutMs, statuses } = this.#check;
    const { origin, pathname, search } = this.#url;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await this.#world.upstream.request({
        method: "GET",
        origin,
        path: pathname + search,
        headers: Headers.of([["User-Agent", "sallyport-health"]]),
        body: Body.none,
        headersTimeoutMs: timeoutMs,
        tls: trustOf(this.#backend, this.#snapshot),
        signal,
      });
      answer.body.discard();
      const isListed = statuses.some(({ min, max }) => answer.status >= min && answer.status <= max);
      return isListed ? undefined : `it answered ${answer.status}`;
    } catch (error) {
      return signal.aborted ? `no answer in ${timeoutMs} ms` : (error as Error).message;
    }
  }

  #judge(problem: string | undefined): void {
    const { healthyAfter, unhealthyAfter, intervalMs, timeoutMs } = this.#check;
    const { breakers, log } = this.#world;
    const isWell = problem === undefined;
    this.#against = isWell === this.#isWell ? 0 : this.#against + 1;
    if (this.#against >= (isWell ? healthyAfter : unhealthyAfter)) {
      this.#isWell = isWell;
      this.#against = 0;
      const backend = this.#backend.id;
      if (isWell) log.info("A backend is well again", { backend });
      else log.warn("A backend is not well: it gets no calls", { backend, reason: problem });
      if (isWell) breakers.reset(healthKey(this.#backend));
    }
    if (!this.#isWell) breakers.trip(healthKey(this.#backend), LASTING_INTERVALS * intervalMs + timeoutMs);
  }
}
