/** Settings of calls of models: whose calls count, what tokens cost, where usage is kept, which prompts are logged. */

export interface AiSettings {
  /** Ids of APIs whose calls are calls of a model although no policy says so. */
  readonly apis: readonly string[];
  readonly prices: PriceTable | undefined;
  readonly ledger: LedgerSettings;
  readonly messages: MessageLogSettings;
  /** Streams that tell their usage only when asked are asked by the gateway, which takes the answer out again. */
  readonly askUsage: boolean;
  /** Limits of tokens reserve what a call may use before it goes to the model; false: as Azure API Management, they count afterwards. */
  readonly reserveTokens: boolean;
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
  prices: undefined,
  ledger: { file: undefined, postgres: undefined, retentionDays: 400 },
  messages: { enabled: true, file: undefined, apis: [], redact: [] },
  askUsage: true,
  reserveTokens: true,
};
