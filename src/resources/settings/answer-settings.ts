/** The sections `ai.semanticCache` and `ai.contentSafety` of sallyport.yaml: answers that are kept, answers that are judged. */
import {
  type ContentSafetySettings,
  DEFAULT_CONTENT_SAFETY,
  DEFAULT_SEMANTIC_CACHE,
  type SemanticCacheSettings,
} from "../answer-settings.ts";
import { isPlaceholder } from "../../secrets/vaults.ts";
import type { Fields } from "../documents/fields.ts";
import { AI_CONTENT_SAFETY_KEYS, AI_SEMANTIC_CACHE_KEYS } from "./keys.ts";
import { type SecretRef, secret } from "./sections.ts";
import type { SecretReader } from "./secrets.ts";

/** The URL of the store is still the name of a place: it may hold a password. */
export interface SemanticCacheDraft extends Omit<SemanticCacheSettings, "url"> {
  readonly url: SecretRef | undefined;
  readonly fields: Fields | undefined;
}

export function readSemanticCache(fields: Fields | undefined): SemanticCacheDraft {
  const defaults = DEFAULT_SEMANTIC_CACHE;
  fields?.rejectUnknown(AI_SEMANTIC_CACHE_KEYS);
  const store = fields?.oneOf("store", ["memory", "redis", "postgres"]) ?? defaults.store;
  if (store === "memory" && fields?.get("url") !== undefined)
    fields.wrongValue("url", "is of no use with store memory", "Give store: redis or store: postgres.");
  if (store === "postgres" && fields?.get("url") === undefined)
    fields?.missing("url", "Such as url: env:CACHE_URL, or postgres://sallyport@127.0.0.1/cache.");
  return {
    store,
    url: fields && secret(fields, "url"),
    maxBytes: fields?.integer("maxBytes", 65_536, 4_294_967_296) ?? defaults.maxBytes,
    maxEntries: fields?.integer("maxEntries", 1, 1_000_000) ?? defaults.maxEntries,
    tenants: fields?.oneOf("tenants", ["separate", "shared"]) ?? defaults.tenants,
    embeddingsModel: fields?.string("embeddingsModel"),
    timeoutMs: fields?.integer("timeoutMs", 1, 60_000) ?? defaults.timeoutMs,
    fields,
  };
}

const URLS = { redis: /^redi(?:ss?|s\+cluster):\/\/[^/\s]+/, postgres: /^postgres(?:ql)?:\/\/[^/\s]+/ } as const;

/** Fetches the URL of the store. */
export async function fetchSemanticCache(
  secrets: SecretReader,
  { url: source, fields, ...draft }: SemanticCacheDraft,
): Promise<SemanticCacheSettings> {
  const url = source && (await secrets.read(source));
  const isWrong = url !== undefined && draft.store !== "memory" && !isPlaceholder(url) && !URLS[draft.store].test(url);
  if (isWrong) fields?.wrongValue("url", `is no URL of ${draft.store}`, `Such as ${draft.store}://127.0.0.1.`);
  return { ...draft, url: isWrong ? undefined : url };
}

export function readContentSafety(fields: Fields | undefined): ContentSafetySettings {
  fields?.rejectUnknown(AI_CONTENT_SAFETY_KEYS);
  return {
    onFailure: fields?.oneOf("onFailure", ["refuse", "allow"]) ?? DEFAULT_CONTENT_SAFETY.onFailure,
    timeoutMs: fields?.integer("timeoutMs", 1, 120_000) ?? DEFAULT_CONTENT_SAFETY.timeoutMs,
  };
}
