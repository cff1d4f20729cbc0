/** `sallyport usage`: who used which model how much, and what it cost. */
import { loadConfiguration } from "../../main.ts";
import { readPostgresLedger } from "../../state/ledger/postgres-ledger.ts";
import { readSqliteLedger } from "../../state/ledger/sqlite-ledger.ts";
import { type LedgerReader, USAGE_KEYS, type UsageKey, type UsageRow } from "../../state/ledger/usage-record.ts";
import {
  type Arguments,
  type Command,
  FINE,
  numberOption,
  onlyPositional,
  textOption,
  UsageError,
  WRONG_USAGE,
  wordOption,
} from "../command.ts";
import { countText, printFrames, textsOf } from "../report.ts";
import { stateFileOf } from "../state-files.ts";
import type { Terminal } from "../terminal.ts";
import { timeOf } from "../usage-time.ts";
import { printCsv, printJson, printTable } from "../usage-view.ts";

export const usage: Command = {
  help: `Usage: sallyport usage FOLDER [--settings FILE] [--environment NAME] [--by KEYS] [--since DAY] [--until DAY]
                       [--top N] [--format table|csv|json]
       sallyport usage --ledger FILE-OR-URL ...

Sums the calls of models that the gateway has recorded: calls, tokens by kind, cost, mean latency and mean time to the first token. The
ledger is the one that the folder's settings name (ai.ledger), or --ledger. A gateway may be writing to it meanwhile.

  --by KEYS            what to group by, with commas: ${USAGE_KEYS.slice(0, 6).join(", ")},
                       ${USAGE_KEYS.slice(6).join(", ")}; team is the same as subscription (default: subscription,model)
  --since DAY          from the start of this day (2026-03-01) or month (2026-03) in UTC, this time (2026-03-01T12:00Z), or so long
                       ago (12h, 7d, 4w)
  --until DAY          to the end of this day or month, or this time
  --top N              only the N groups that cost most, where costs are equal those of most tokens; totals are of all
  --format csv         one line for each group, with names of columns
  --format json        an object: {rows: [...], totals: [...]}; costs unrounded
  --ledger FILE|URL    SQLite file, or postgres://... (default: as the settings say)
  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)

Exit codes: 0 shown, 1 the ledger cannot be read, 2 wrong usage or a configuration that cannot be loaded.

Examples:
  sallyport usage apim-artifacts
  sallyport usage apim-artifacts --by team,month --since 2026-01-01
  sallyport usage apim-artifacts --by team --since 30d --top 10
  sallyport usage apim-artifacts --by day,model --format csv > usage.csv
  sallyport usage --ledger /var/lib/sallyport/usage.db --by outcome,reason`,
  options: {
    settings: { type: "string" },
    environment: { type: "string" },
    ledger: { type: "string" },
    by: { type: "string" },
    since: { type: "string" },
    until: { type: "string" },
    top: { type: "string" },
    format: { type: "string" },
  },
  async run(args, terminal) {
    const words = wordsOf(textOption(args, "by") ?? "subscription,model");
    const by = words.map(keyOf);
    const now = Date.now();
    const [from, to] = [textOption(args, "since"), textOption(args, "until")];
    const since = from === undefined ? undefined : timeOf(from, "since", "start", now);
    const until = to === undefined ? undefined : timeOf(to, "until", "end", now);
    if (since !== undefined && until !== undefined && since >= until)
      throw new UsageError("--until lies before --since");
    const top = numberOption(args, "top", 1, 1_000_000);
    const format = wordOption(args, "format", ["table", "csv", "json"]);
    const place = await placeOf(args, terminal);
    if (place === undefined) return WRONG_USAGE;
    const reader = await open(place);
    try {
      const rows = await reader.usage({ by, since, until });
      const report = { headings: words, rows: top === undefined ? rows : dearest(rows, top), all: rows };
      if (format === "csv") printCsv(report, terminal);
      else if (format === "json") printJson(report, terminal);
      else printTable(report, terminal);
      return FINE;
    } finally {
      await reader.close();
    }
  },
};

function wordsOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function keyOf(word: string): UsageKey {
  const key = USAGE_KEYS.find((known) => known === (word === "team" ? "subscription" : word));
  if (key === undefined) throw new UsageError(`--by knows ${USAGE_KEYS.join(", ")}, not "${word}"`);
  return key;
}

function dearest(rows: readonly UsageRow[], count: number): readonly UsageRow[] {
  const tokens = (row: UsageRow) => row.promptTokens + row.completionTokens;
  return [...rows].sort((a, b) => b.cost - a.cost || tokens(b) - tokens(a)).slice(0, count);
}

/** A file, or the URL of a database; undefined, and told, when the configuration has mistakes. */
async function placeOf(args: Arguments, terminal: Terminal): Promise<string | undefined> {
  const given = textOption(args, "ledger");
  if (given !== undefined) {
    if (args.positionals.length > 0) throw new UsageError("FOLDER or --ledger, not both");
    return given;
  }
  const folder = onlyPositional(args, "FOLDER, or --ledger FILE,");
  const { snapshot, diagnostics } = await loadConfiguration(folder, {
    environment: textOption(args, "environment"),
    settingsFile: textOption(args, "settings"),
    areSecretsOptional: true,
  });
  if (snapshot === undefined) {
    printFrames(diagnostics, textsOf(folder, "."), terminal.err);
    terminal.err.line(
      `The settings say nothing to go by: ${countText(diagnostics)}. See sallyport check, or use --ledger.`,
    );
    return undefined;
  }
  const { ledger } = snapshot.settings.ai;
  if (ledger.postgres !== undefined) return ledger.postgres;
  if (ledger.file === null) throw new UsageError("the settings keep no ledger (ai.ledger: false)");
  const file = ledger.file ?? stateFileOf("usage", folder, terminal.env);
  if (file === undefined) throw new UsageError("name the ledger: --ledger FILE, or ai.ledger.file in the settings");
  return file;
}

async function open(place: string): Promise<LedgerReader> {
  if (!/^postgres(?:ql)?:/.test(place)) return readSqliteLedger(place);
  if (!URL.canParse(place))
    throw new UsageError("--ledger is no URL of a database, such as postgres://user@host/usage");
  return readPostgresLedger(place);
}
