/**
 * What an expression read of its context, for traces. Evaluation is synchronous, so one module-level record suffices; while nothing is
 * traced a read costs one comparison with null.
 */

/** What one evaluation read. */
export interface Inputs {
  readonly values: Map<string, string>;
  /** Credentials among them: shown nowhere, not in the result either. */
  readonly secrets: string[];
}

let record: Inputs | null = null;

/** Notes a value that an expression reads, and hands it on. */
export function note<T>(name: string, value: T): T {
  record?.values.set(name, shown(value));
  return value;
}

/** Notes a look-up by key: `Request.Headers["X-A"]`. */
export function noteKey<T>(name: string, key: string, value: T): T {
  record?.values.set(`${name}[${JSON.stringify(key)}]`, shown(value));
  return value;
}

const CREDENTIALS = /^(?:proxy-)?authorization$|^(?:set-)?cookie$|key|token|secret|password/i;

/** Notes a header's value; credentials are masked. Small, as it is called for every header read. */
export function noteHeader(message: string, name: string, value: string | undefined): string | undefined {
  if (record !== null) recordHeader(record, message, name, value);
  return value;
}

function recordHeader({ values, secrets }: Inputs, message: string, name: string, value: string | undefined): void {
  const isSecret = value !== undefined && CREDENTIALS.test(name);
  values.set(`${message}.Headers[${JSON.stringify(name)}]`, isSecret ? "***" : shown(value));
  if (isSecret) secrets.push(value, ...value.split(/\s+/));
}

/** Runs an evaluation and notes what it reads. */
export function recordInputs<T>(evaluate: () => T, inputs: Inputs): T {
  const outer = record;
  record = inputs;
  try {
    return evaluate();
  } finally {
    record = outer;
  }
}

const MIN_SECRET = 6;

/** A text without the credentials that went into it. */
export function withoutSecrets(text: string, { secrets }: Inputs): string {
  const long = secrets.filter((s) => s.length >= MIN_SECRET).sort((a, b) => b.length - a.length);
  return long.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}

const MAX_SHOWN = 500;

function shown(value: unknown): string {
  if (value === undefined) return "(absent)";
  if (value === null) return "null";
  const text =
    typeof value === "object" && "toText" in value ? (value as { toText(): string }).toText() : String(value);
  return text.slice(0, MAX_SHOWN);
}
