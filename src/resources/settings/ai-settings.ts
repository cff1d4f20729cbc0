/** The section `ai` of sallyport.yaml: calls of models, their prices, their ledger, the log of their messages. */
import { resolve } from "node:path";
import {
  type AiSettings,
  DEFAULT_AI_SETTINGS,
  type LedgerSettings,
  type MessageLogSettings,
  type ModelGuard,
} from "../ai-settings.ts";
import { isPlaceholder } from "../../secrets/vaults.ts";
import type { ConfigFolder } from "../config-folder.ts";
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import { fetchModelBackends, type ModelBackendDraft, readGuards, readModelBackends } from "./model-settings.ts";
import {
  fetchSemanticCache,
  readContentSafety,
  readSemanticCache,
  type SemanticCacheDraft,
} from "./answer-settings.ts";
import { AI_KEYS, AI_LEDGER_KEYS, AI_MESSAGE_KEYS } from "./keys.ts";
import { apisOf } from "./listener-settings.ts";
import { readPrices } from "./prices.ts";
import { type SecretRef, secret } from "./sections.ts";
import type { SecretReader } from "./secrets.ts";

/** Settings whose APIs, prices and secrets are still names. */
export interface AiDraft extends Pick<AiSettings, "askUsage" | "reserveTokens" | "contentSafety"> {
  readonly semanticCache: SemanticCacheDraft;
  readonly apis: readonly DataNode[];
  readonly providerErrors: readonly DataNode[];
  /** Absolute path. */
  readonly prices: { readonly file: string; readonly written: string } | undefined;
  readonly ledger: Omit<LedgerSettings, "postgres"> & {
    readonly postgres: SecretRef | undefined;
    readonly fields: Fields | undefined;
  };
  readonly messages: Omit<MessageLogSettings, "apis"> & {
    readonly apis: readonly DataNode[];
    readonly fields: Fields | undefined;
  };
  readonly backends: readonly ModelBackendDraft[];
  readonly guards: readonly (readonly [DataNode, ModelGuard])[];
}

export function readAi(root: Fields, folder: string): AiDraft {
  const fields = root.object("ai");
  fields?.rejectUnknown(AI_KEYS);
  const prices = fields?.string("prices");
  return {
    apis: fields?.list("apis") ?? [],
    providerErrors: fields?.list("providerErrors") ?? [],
    prices: prices === undefined ? undefined : { file: resolve(folder, prices), written: prices },
    ledger: readLedger(fields, folder),
    messages: readMessages(fields?.object("messages"), folder),
    askUsage: fields?.boolean("askUsage") ?? DEFAULT_AI_SETTINGS.askUsage,
    reserveTokens: fields?.boolean("reserveTokens") ?? DEFAULT_AI_SETTINGS.reserveTokens,
    semanticCache: readSemanticCache(fields?.object("semanticCache")),
    contentSafety: readContentSafety(fields?.object("contentSafety")),
    backends: fields === undefined ? [] : readModelBackends(fields),
    guards: fields === undefined ? [] : readGuards(fields),
  };
}

function readLedger(ai: Fields | undefined, folder: string): AiDraft["ledger"] {
  const defaults = { ...DEFAULT_AI_SETTINGS.ledger, postgres: undefined, fields: undefined };
  const node = ai?.get("ledger");
  if (node?.kind === "scalar" && node.value === false) return { ...defaults, file: null };
  const fields = ai?.object("ledger");
  if (fields === undefined) return defaults;
  fields.rejectUnknown(AI_LEDGER_KEYS);
  const file = fields.string("file");
  if (file !== undefined && fields.get("postgres") !== undefined)
    fields.wrongValue("file", "and postgres are given", "Usage is kept in one of them.");
  return {
    file: file === undefined ? undefined : resolve(folder, file),
    postgres: secret(fields, "postgres"),
    retentionDays: fields.integer("retentionDays", 1, 36_500) ?? defaults.retentionDays,
    fields,
  };
}

function readMessages(fields: Fields | undefined, folder: string): AiDraft["messages"] {
  const defaults = { ...DEFAULT_AI_SETTINGS.messages, apis: [], fields: undefined };
  if (fields === undefined) return defaults;
  fields.rejectUnknown(AI_MESSAGE_KEYS);
  const file = fields.string("file");
  return {
    enabled: fields.boolean("enabled") ?? defaults.enabled,
    file: file === undefined ? undefined : resolve(folder, file),
    apis: fields.list("apis"),
    redact: fields.strings("redact"),
    fields,
  };
}

const POSTGRES_URL = /^postgres(?:ql)?:\/\/[^/\s]+/;

/** Fetches what the draft names: the database's URL and the file of prices. Mistakes are reported at their place. */
export async function fetchAi(
  secrets: SecretReader,
  folder: ConfigFolder,
  draft: AiDraft,
  apiNames: Names,
  backendNames: Names,
  patternProblem: (pattern: string) => string | undefined = () => undefined,
): Promise<AiSettings> {
  const { postgres: source, fields, ...ledger } = draft.ledger;
  let postgres = source && (await secrets.read(source));
  if (postgres !== undefined && !isPlaceholder(postgres) && !POSTGRES_URL.test(postgres)) {
    fields?.wrongValue(
      "postgres",
      "is no URL of a PostgreSQL database",
      "Such as postgres://sallyport@127.0.0.1/usage.",
    );
    postgres = undefined;
  }
  const { fields: messageFields, ...messages } = draft.messages;
  for (const item of messageFields?.list("redact") ?? []) {
    const problem = item.kind === "scalar" ? patternProblem(item.text) : undefined;
    if (problem === undefined) continue;
    reportAt(secrets.reading, item, "SP1006", `"ai.messages.redact" holds no regular expression: ${problem}`);
  }
  return {
    apis: apisOf(draft.apis, apiNames, secrets.reading),
    providerErrors: new Set(apisOf(draft.providerErrors, apiNames, secrets.reading)),
    prices: draft.prices && (await readPrices(folder, draft.prices.file, draft.prices.written)),
    ledger: { ...ledger, postgres },
    messages: { ...messages, apis: apisOf(messages.apis, apiNames, secrets.reading) },
    askUsage: draft.askUsage,
    reserveTokens: draft.reserveTokens,
    semanticCache: await fetchSemanticCache(secrets, draft.semanticCache),
    contentSafety: draft.contentSafety,
    backends: await fetchModelBackends(secrets, draft.backends, backendNames),
    guards: new Map(
      draft.guards.flatMap(([node, guard]) => apisOf([node], apiNames, secrets.reading).map((id) => [id, guard])),
    ),
  };
}
