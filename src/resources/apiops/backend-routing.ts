/**
 * Pools and circuit breakers of backends.
 * https://learn.microsoft.com/azure/api-management/backends
 */
import type { Fields } from "../documents/fields.ts";
import type { BackendPool, CircuitBreakerRule } from "../snapshot.ts";
import { lastSegment } from "./layout.ts";

const MAX_MEMBERS = 30;

export function poolOf(properties: Fields): BackendPool | undefined {
  const pool = properties.object("pool");
  if (pool === undefined) return undefined;
  const members = pool.objects("services").flatMap((service) => {
    const id = service.requiredString("id", "Such as /backends/orders-west.");
    const weight = service.integer("weight", 0, 100) ?? 1;
    const priority = service.integer("priority", 0, 100) ?? 0;
    return id === undefined ? [] : [{ id: lastSegment(id), weight, priority }];
  });
  if (members.length === 0) pool.missing("services", "A pool needs one member at least.");
  if (members.length > MAX_MEMBERS)
    pool.wrongValue("services", `has ${members.length} members`, `A pool takes ${MAX_MEMBERS} at most.`);
  const affinity = pool.object("sessionAffinity")?.object("sessionId");
  const source = affinity?.oneOf("source", ["Cookie"]);
  const cookie = affinity?.requiredString("name", "Name of the cookie that names the member.");
  return { members, affinityCookie: source === undefined ? undefined : cookie };
}

export function breakersOf(properties: Fields): readonly CircuitBreakerRule[] {
  return properties.object("circuitBreaker")?.objects("rules").flatMap(ruleOf) ?? [];
}

function ruleOf(rule: Fields, index: number): CircuitBreakerRule[] {
  const condition = rule.object("failureCondition");
  if (condition === undefined) {
    rule.missing("failureCondition", "Say what trips it: count or percentage, and interval.");
    return [];
  }
  const count = condition.integer("count", 1, 1_000_000);
  const percentage = condition.integer("percentage", 1, 100);
  if ((count === undefined) === (percentage === undefined)) {
    condition.missing(count === undefined ? "count" : "percentage", "Give count or percentage, one of the two.");
    return [];
  }
  const statusRanges = condition.objects("statusCodeRanges").flatMap((range) => {
    const [min, max] = [range.integer("min", 100, 999), range.integer("max", 100, 999)];
    return min === undefined || max === undefined ? [] : [{ min, max }];
  });
  const intervalMs = durationMs(condition, "interval");
  const tripMs = durationMs(rule, "tripDuration");
  if (intervalMs === undefined || tripMs === undefined) return [];
  return [
    {
      name: rule.string("name") ?? `rule ${index + 1}`,
      count,
      percentage,
      intervalMs,
      statusRanges,
      errorReasons: condition.strings("errorReasons"),
      tripMs,
      acceptsRetryAfter: rule.boolean("acceptRetryAfter") ?? false,
    },
  ];
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** An ISO 8601 duration of days and less: PT1M, P1D, PT30S. */
function durationMs(fields: Fields, name: string): number | undefined {
  const text = fields.requiredString(name, "A duration such as PT1M (one minute).");
  if (text === undefined) return undefined;
  const [, days, hours, minutes, seconds] = DURATION.exec(text) ?? [];
  const ms =
    (((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  if (ms > 0) return ms;
  fields.wrongValue(name, `is "${text}", which is no duration`, "Write it as PT1M (one minute), PT30S or P1D.");
  return undefined;
}
