/** The section `stores` of sallyport.yaml: where counts, slots and breakers live, and what happens when that place is gone. */
import { resolve } from "node:path";
import type { Fields } from "../documents/fields.ts";
import { defaultSettings } from "../empty-snapshot.ts";
import type { StoreSettings } from "../store-settings.ts";
import { REDIS_KEYS, STORE_KEYS } from "./keys.ts";
import type { SecretReader } from "./secrets.ts";
import { type SecretRef, secret } from "./sections.ts";

type Redis = NonNullable<StoreSettings["redis"]>;

/** The server's URL is still a name of a place: it may hold a password. */
export interface StoreDraft extends Omit<StoreSettings, "redis"> {
  readonly redis: (Omit<Redis, "url"> & { readonly url: SecretRef; readonly fields: Fields }) | undefined;
}

const REDIS_DEFAULTS = {
  mode: "exact",
  onOutage: "local",
  deadlineMs: 50,
  cacheDeadlineMs: 200,
  prefix: "sallyport:",
} as const;

export function readStores(root: Fields, folder: string): StoreDraft {
  const defaults = defaultSettings().stores;
  const fields = root.object("stores");
  if (fields === undefined) return { ...defaults, redis: undefined };
  fields.rejectUnknown(STORE_KEYS);
  return {
    redis: readRedis(fields),
    quotaFile: readQuotaFile(fields, folder),
    rates: fields.integer("rates", 32, 16_777_216) ?? defaults.rates,
    quotas: fields.integer("quotas", 32, 16_777_216) ?? defaults.quotas,
    cacheBytes: fields.integer("cacheBytes", 1_048_576, 4_294_967_296) ?? defaults.cacheBytes,
  };
}

function readQuotaFile(fields: Fields, folder: string): string | null | undefined {
  const node = fields.get("quotaFile");
  if (node?.kind === "scalar" && node.value === false) return null;
  const file = fields.string("quotaFile");
  return file === undefined ? undefined : resolve(folder, file);
}

function readRedis(fields: Fields): StoreDraft["redis"] {
  const node = fields.get("redis");
  if (node === undefined) return undefined;
  if (node.kind === "scalar") return { ...REDIS_DEFAULTS, url: { source: node.text, node }, fields };
  const redis = fields.object("redis");
  if (redis === undefined) return undefined;
  redis.rejectUnknown(REDIS_KEYS);
  const url = secret(redis, "url");
  if (url === undefined) {
    redis.missing("url", "Such as url: env:REDIS_URL, or rediss://cache.example.com:6380.");
    return undefined;
  }
  return {
    url,
    fields: redis,
    mode: redis.oneOf("mode", ["exact", "leased"]) ?? REDIS_DEFAULTS.mode,
    onOutage: redis.oneOf("onOutage", ["local", "allow", "deny"]) ?? REDIS_DEFAULTS.onOutage,
    deadlineMs: redis.integer("deadlineMs", 1, 10_000) ?? REDIS_DEFAULTS.deadlineMs,
    cacheDeadlineMs: redis.integer("cacheDeadlineMs", 1, 10_000) ?? REDIS_DEFAULTS.cacheDeadlineMs,
    prefix: redis.string("prefix") ?? REDIS_DEFAULTS.prefix,
  };
}

const REDIS_URL = /^(rediss?|redis\+cluster):\/\/[^/\s]+/;

/** Fetches the URL; one that is none is reported at its place, without showing it. */
export async function fetchStores(secrets: SecretReader, { redis, ...stores }: StoreDraft): Promise<StoreSettings> {
  if (redis === undefined) return { ...stores, redis: undefined };
  const { url: source, fields, ...settings } = redis;
  const url = await secrets.read(source);
  if (url === undefined) return { ...stores, redis: undefined };
  if (!REDIS_URL.test(url)) {
    fields.wrongValue(
      fields.get("url") === undefined ? "redis" : "url",
      "is no URL of a Redis server",
      "Such as redis://127.0.0.1:6379, rediss://cache.example.com:6380 or redis+cluster://a:6379,b:6379.",
    );
    return { ...stores, redis: undefined };
  }
  return { ...stores, redis: { ...settings, url } };
}
