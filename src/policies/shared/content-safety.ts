/**
 * Judgements of Azure AI Content Safety on texts (https://learn.microsoft.com/azure/ai-services/content-safety/): harm categories, block
 * lists, attacks on the model. What is too long for one call is judged in pieces.
 */
import type { Exchange } from "../../kit/exchange.ts";
import { PolicyFault, Refusal, type RefusalDetail } from "../../kit/outcome.ts";
import { postJson, serviceBackend, serviceUrl } from "./service-backend.ts";

const API_VERSION = "2024-09-01";
/** The most characters that the service takes at once, and more than it should be asked to judge of one message. */
export const MAX_CHARACTERS = 10_000;
const MAX_PIECES = 100;
/** So that nothing is hidden by the place where a prompt is cut. */
const PROMPT_OVERLAP = 200;
/** Calls of the service side by side. */
const SIDE_BY_SIDE = 4;

export const CATEGORIES = ["Hate", "SelfHarm", "Sexual", "Violence"] as const;

/** What one call of a model is judged by. */
export interface Rules {
  readonly backendId: string;
  readonly shieldsPrompt: boolean;
  /** Least severity that is refused, by category. */
  readonly thresholds: ReadonlyMap<string, number>;
  readonly outputType: "FourSeverityLevels" | "EightSeverityLevels";
  readonly blocklists: readonly string[];
}

/** What was found: facts for logs, no text of anybody. Undefined: nothing that is refused. */
export type Verdict = RefusalDetail | undefined;

/** Judges a prompt, however long. Throws PolicyFault when the service cannot be asked. */
export async function judgePrompt(x: Exchange, rules: Rules, text: string): Promise<Verdict> {
  return judgePieces(x, text, PROMPT_OVERLAP, async (piece) => {
    const [found, attack] = await Promise.all([
      analyze(x, rules, piece),
      rules.shieldsPrompt ? shield(x, rules, piece) : undefined,
    ]);
    return found ?? attack;
  });
}

/** Judges what a model has answered. */
export async function judgeAnswer(x: Exchange, rules: Rules, text: string): Promise<Verdict> {
  return judgePieces(x, text, 0, (piece) => analyze(x, rules, piece));
}

async function judgePieces(
  x: Exchange,
  text: string,
  overlap: number,
  judge: (piece: string) => Promise<Verdict>,
): Promise<Verdict> {
  const pieces = piecesOf(text, MAX_CHARACTERS, overlap);
  if (pieces.length > MAX_PIECES) return { characters: text.length, limit: MAX_PIECES * MAX_CHARACTERS };
  for (let i = 0; i < pieces.length; i += SIDE_BY_SIDE) {
    if (x.signal.aborted) break;
    const verdicts = await Promise.all(pieces.slice(i, i + SIDE_BY_SIDE).map(judge));
    const found = verdicts.find((verdict) => verdict !== undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Parts of at most `size` characters, each beginning `overlap` before the last one's end; none is cut inside a character. */
export function piecesOf(text: string, size: number, overlap: number): string[] {
  if (text.trim() === "") return [];
  const pieces: string[] = [];
  for (let from = 0; ; ) {
    let end = Math.min(from + size, text.length);
    if (end < text.length && isPairStart(text.charCodeAt(end - 1))) end--;
    pieces.push(text.slice(from, end));
    if (end >= text.length) return pieces;
    from = Math.max(end - overlap, from + 1);
  }
}

function isPairStart(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

async function analyze(x: Exchange, rules: Rules, text: string): Promise<Verdict> {
  const { thresholds, blocklists, outputType } = rules;
  if (thresholds.size + blocklists.length === 0) return undefined;
  const answer = await ask(x, rules, "/contentsafety/text:analyze", {
    text,
    // An empty list would be no list: then all categories are told, and none is looked at.
    ...(thresholds.size > 0 && { categories: [...thresholds.keys()] }),
    ...(blocklists.length > 0 && { blocklistNames: blocklists, haltOnBlocklistHit: false }),
    outputType,
  });
  const matches = answer.blocklistsMatch ?? [];
  const { categoriesAnalysis = [] } = answer;
  if (!Array.isArray(matches) || !Array.isArray(categoriesAnalysis)) throw unreadable(rules);
  const names = matches.map((match) => String((match as { blocklistName?: unknown })?.blocklistName));
  const severities = new Map(categoriesAnalysis.map((each) => [String(each?.category), Number(each?.severity)]));
  const found: string[] = [];
  for (const [category, threshold] of thresholds) {
    const severity = severities.get(category);
    // What the service did not judge is not taken for harmless.
    if (severity === undefined || Number.isNaN(severity)) throw unreadable(rules);
    if (severity >= threshold) found.push(`${category} ${severity}`);
  }
  if (found.length + names.length === 0) return undefined;
  return { categories: found, blocklists: [...new Set(names)] };
}

async function shield(x: Exchange, rules: Rules, userPrompt: string): Promise<Verdict> {
  const answer = await ask(x, rules, "/contentsafety/text:shieldPrompt", { userPrompt, documents: [] });
  const detected = (answer.userPromptAnalysis as { attackDetected?: unknown } | undefined)?.attackDetected;
  if (typeof detected !== "boolean") throw unreadable(rules);
  return detected ? { attack: true } : undefined;
}

async function ask(
  x: Exchange,
  { backendId }: Rules,
  path: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const backend = serviceBackend(x, backendId);
  const { timeoutMs } = x.snapshot.settings.ai.contentSafety;
  const answer = await postJson(x, backend, serviceUrl(backend, path, API_VERSION), body, timeoutMs);
  if (typeof answer !== "object" || answer === null) throw unreadable({ backendId });
  return answer as Readonly<Record<string, unknown>>;
}

function unreadable({ backendId }: Pick<Rules, "backendId">): PolicyFault {
  return new PolicyFault(
    "ServiceFailure",
    `The backend "${backendId}" did not answer as Azure AI Content Safety does.`,
  );
}

/**
 * Judges, and decides what becomes of what nobody could judge. The refusal's message is Azure API Management's; what was found goes to
 * logs alone.
 */
export async function refusalOf(
  x: Exchange,
  what: "Request" | "Response",
  judge: () => Promise<Verdict>,
): Promise<Refusal | undefined> {
  let verdict: Verdict;
  try {
    verdict = await judge();
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const isAllowed = x.snapshot.settings.ai.contentSafety.onFailure === "allow";
    const fields = { reason: error.reason, error: error.message, correlationId: x.id };
    x.services.log.warn(
      `Content safety could not be checked: the ${what.toLowerCase()} ${isAllowed ? "passes" : "is refused"}`,
      fields,
    );
    if (isAllowed) return undefined;
    const message = `${what} content safety could not be checked.`;
    return new Refusal(503, "ContentSafetyUnavailable", message, { detail: { reason: error.reason } });
  }
  if (verdict === undefined) return undefined;
  return new Refusal(403, "ContentSafetyViolation", `${what} failed content safety check.`, { detail: verdict });
}
