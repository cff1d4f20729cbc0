/** `healthCheck` of a backend in sallyport.yaml: the path to ask, or an object. */
import type { Fields } from "../documents/fields.ts";
import type { HealthCheck } from "../snapshot.ts";
import { HEALTH_CHECK_BOUNDS, HEALTH_CHECK_KEYS } from "./keys.ts";

const DEFAULTS = { intervalMs: 10_000, timeoutMs: 2_000, healthyAfter: 2, unhealthyAfter: 3 } as const;
const USUAL_STATUSES = [{ min: 200, max: 399 }] as const;
const STATUSES = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/;

export function readHealthCheck(backend: Fields): HealthCheck | undefined {
  if (backend.get("healthCheck") === undefined) return undefined;
  const fields = backend.object("healthCheck");
  if (fields === undefined) return undefined;
  fields.rejectUnknown([...HEALTH_CHECK_KEYS, ...Object.keys(HEALTH_CHECK_BOUNDS)]);
  const path = fields.requiredString("path", "Such as path: /health.");
  if (path !== undefined && !/^\/[!-~]*$/.test(path))
    fields.wrongValue("path", "is no path below the backend's URL", "Such as /health.");
  const number = (name: keyof typeof DEFAULTS): number => {
    const [min, max] = HEALTH_CHECK_BOUNDS[name];
    return fields.integer(name, min, max) ?? DEFAULTS[name];
  };
  return {
    path: path ?? "/",
    intervalMs: number("intervalMs"),
    timeoutMs: number("timeoutMs"),
    healthyAfter: number("healthyAfter"),
    unhealthyAfter: number("unhealthyAfter"),
    statuses: readStatuses(fields),
  };
}

function readStatuses(fields: Fields): HealthCheck["statuses"] {
  if (fields.get("statuses") === undefined) return USUAL_STATUSES;
  return fields.strings("statuses").map((text) => {
    const [, min, max = min] = STATUSES.exec(text) ?? [];
    if (min === undefined || Number(max) < Number(min))
      fields.wrongValue("statuses", `holds "${text}", which is no status`, 'Such as [200, "300-399"].');
    return { min: Number(min), max: Number(max) };
  });
}
