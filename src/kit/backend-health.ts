/** What health checks have found out about backends, as the breakers keep it. */
import type { Backend } from "../resources/snapshot.ts";
import { type Breakers, PROBE } from "./services.ts";

/** Name of its breaker: apart from that of its circuit breaker rules, which health checks neither open nor close. */
export function healthKey({ id }: Pick<Backend, "id">): string {
  return `health:${id}`;
}

/** Ms until it may be called, by what its health checks say; 0 when it is well, or has none. */
export function unwellMs(breakers: Breakers, backend: Backend): number {
  if (backend.healthCheck === undefined) return 0;
  const key = healthKey(backend);
  const waitMs = breakers.admit(key);
  if (waitMs !== PROBE) return waitMs;
  // Nobody has asked it for long: what was known is worth nothing.
  breakers.reset(key);
  return 0;
}
