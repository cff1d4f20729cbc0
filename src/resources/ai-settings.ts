/** Settings of calls of models: whose calls count, what tokens cost, where usage is kept, which prompts are logged. */

import {
  type ContentSafetySettings,
  DEFAULT_CONTENT_SAFETY,
  DEFAULT_SEMANTIC_CACHE,
  type SemanticCacheSettings,
} from "./answer-settings.ts";

export interface AiSettings {
  /** Ids of APIs whose calls are calls of a model although no policy says so. */
  readonly apis: readonly string[];
  /** Ids of APIs whose callers get refusals as their model's provider would write them, not as Azure API Management does. */
  readonly providerErrors: ReadonlySet<string>;
  readonly prices: PriceTable | undefined;
  readonly ledger: LedgerSettings;
  readonly messages: MessageLogSettings;
  /** Streams that tell their usage only when asked are asked by the gateway, which takes the answer out again. */
  readonly askUsage: boolean;
  /** Limits of tokens reserve what a call may use before it goes to the model; false: as Azure API Management, they count afterwards. */
  readonly reserveTokens: boolean;
  readonly semanticCache: SemanticCacheSettings;
  readonly contentSafety: ContentSafetySettings;
  /** Backends that speak another format than OpenAI's, by id: they are spoken to in their own. */
  readonly backends: ReadonlyMap<string, ModelBackend>;
  /** What calls of an API's models must keep to, by its id. */
  readonly guards: ReadonlyMap<string, ModelGuard>;
}

export const MODEL_FORMATS = ["anthropic", "bedrock", "cohere", "gemini", "mistral"] as const;

export interface ModelBackend {
  readonly format: (typeof MODEL_FORMATS)[number];
  /** The provider's name of a model by the caller's; `*` stands for all others. */
  readonly models: ReadonlyMap<string, string>;
  /** Requests are signed for Amazon with them; undefined: the backend lets the gateway in by its other credentials. */
  readonly aws: AwsAccess | undefined;
}

export interface AwsAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface ModelGuard {
  /** Models that may be called; a name that ends in `*` stands for all that begin so. Undefined: all. */
  readonly models: readonly string[] | undefined;
  /** The most tokens that an answer may have: higher wishes are lowered, absent ones set. */
  readonly maxTokens: number | undefined;
  readonly maxRequestBytes: number | undefined;
  readonly maxResponseBytes: number | undefined;
  /** Whether fields that the provider's reference does not name are refused. */
  readonly unknownFields: "pass" | "refuse";
}

/** Where every call of a model is written down. */
export interface LedgerSettings {
  /** Absolute path; null: nothing is kept; undefined: where this user keeps state. */
  readonly file: string | null | undefined;
  /** URL of a PostgreSQL database; goes before the file. May hold a password. */
  readonly postgres: string | undefined;
  readonly retentionDays: number;
}

/** Prompts and completions as lines of JSON. */
export interface MessageLogSettings {
  /** False: nothing is logged, whatever diagnostics ask. */
  readonly enabled: boolean;
  /** Absolute path; undefined: standard output. */
  readonly file: string | undefined;
  /** Ids of APIs whose messages are logged although no diagnostic asks. */
  readonly apis: readonly string[];
  /** Patterns of .NET; what they find is masked. */
  readonly redact: readonly string[];
}

export interface PriceTable {
  /** ISO 4217 code, such as USD. */
  readonly currency: string;
  /** By name of a model; a name that ends in `*` stands for all that begin so. Newest price first. */
  readonly models: ReadonlyMap<string, readonly Price[]>;
}

/** What a million tokens cost from a day on. */
export interface Price {
  /** Start of the day in UTC, ms since the epoch. */
  readonly from: number;
  readonly prompt: number;
  readonly completion: number;
  /** Of prompt tokens that came from the provider's cache. */
  readonly cached: number;
  /** Of prompt tokens that were written to it. */
  readonly cacheWrite: number;
  /** Of completion tokens that the caller does not see. */
  readonly reasoning: number;
  readonly promptAudio: number;
  readonly completionAudio: number;
}

/** Which messages a diagnostic of an API wants logged. */
export interface MessageDiagnostic {
  readonly prompts: boolean;
  readonly completions: boolean;
}

export const DEFAULT_AI_SETTINGS: AiSettings = {
  apis: [],
  providerErrors: new Set(),
  prices: undefined,
  ledger: { file: undefined, postgres: undefined, retentionDays: 400 },
  messages: { enabled: true, file: undefined, apis: [], redact: [] },
  askUsage: true,
  reserveTokens: true,
  semanticCache: DEFAULT_SEMANTIC_CACHE,
  contentSafety: DEFAULT_CONTENT_SAFETY,
  backends: new Map(),
  guards: new Map(),
};
