/**
 * `sallyport check`: everything that a start would find wrong, without starting anything; or loose policy documents.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { SourceText } from "../../base/source-text.ts";
import { checkDocument } from "../../engine/load.ts";
import { loadConfiguration } from "../../main.ts";
import { policies } from "../../policies/index.ts";
import {
  type Arguments,
  type Command,
  FINE,
  flag,
  MISTAKES,
  onlyPositional,
  textOption,
  UsageError,
  wordOption,
} from "../command.ts";
import { countText, jsonLine, plural, printFrames, sorted, textsOf } from "../report.ts";
import { contents, ignoredText } from "../snapshot-summary.ts";
import type { Terminal } from "../terminal.ts";

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

export const check: Command = {
  help: `Usage: sallyport check FOLDER [--settings FILE] [--environment NAME] [--no-secrets] [--ignore CODES]
                       [--format human|json]
       sallyport check --documents PATH... [--ignore CODES] [--format human|json]

Loads a configuration folder as the APIOps extractor writes it, with its settings, and compiles every policy document and
expression in it. Nothing is started and nothing is written. Warnings tell of what would run, but surely not as it was meant; a
comment <!-- sallyport-disable SW3001 --> before an element silences one in it.

  --documents          check policy documents alone: files, or folders searched for *.xml
  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)
  --no-secrets         do without secrets, for pipelines: placeholders stand for variables that are not set and files that are
                       not there. Vaults are never asked
  --dev                as run --dev would load it
  --ignore CODES       warnings not to show: --ignore SW3001,SW3103
  --format json        a line per file: {file, ok, diagnostics: [{code, message, line, column, hint, severity}]}

Exit codes: 0 no errors (warnings are allowed), 1 errors found, 2 wrong usage.

Examples:
  sallyport check apim-artifacts
  sallyport check apim-artifacts --environment production --no-secrets
  sallyport check --documents policies/ --format json`,
  options: {
    documents: { type: "boolean" },
    settings: { type: "string" },
    environment: { type: "string" },
    dev: { type: "boolean" },
    secrets: { type: "boolean" },
    ignore: { type: "string", multiple: true },
    format: { type: "string" },
  },
  async run(args, terminal) {
    const options = { format: wordOption(args, "format", ["human", "json"]), ignored: ignoredCodes(args) };
    return flag(args, "documents") ? checkDocuments(args, options, terminal) : checkFolder(args, options, terminal);
  },
};

interface Options {
  readonly format: "human" | "json";
  /** Codes of warnings that nobody wants to see. */
  readonly ignored: ReadonlySet<string>;
}

function ignoredCodes({ values }: Arguments): Set<string> {
  const codes = [values.ignore ?? []].flat().flatMap((list) => String(list).split(","));
  for (const code of codes)
    if (!/^S[PW]\d{4}$/.test(code)) throw new UsageError(`--ignore wants codes such as SW3001, not "${code}"`);
  return new Set(codes);
}

/** Errors cannot be ignored. */
function withoutIgnored(diagnostics: readonly Diagnostic[], { ignored }: Options): readonly Diagnostic[] {
  return diagnostics.filter((d) => d.severity === "error" || !ignored.has(d.code));
}

async function checkFolder(args: Arguments, options: Options, terminal: Terminal): Promise<number> {
  const folder = onlyPositional(args, "FOLDER");
  const loaded = await loadConfiguration(folder, {
    warn: true,
    dev: flag(args, "dev") ?? false,
    environment: textOption(args, "environment"),
    settingsFile: textOption(args, "settings"),
    areSecretsOptional: flag(args, "secrets") === false,
  });
  const { snapshot, files } = loaded;
  const diagnostics = withoutIgnored(loaded.diagnostics, options);
  const failed = diagnostics.some((d) => d.severity === "error");
  if (options.format === "json") {
    for (const [file, found] of await byFile(folder, files, diagnostics)) terminal.out.line(jsonLine(file, found));
  } else {
    printFrames(diagnostics, textsOf(folder, "."), terminal.out);
    const counts = countText(diagnostics);
    const verdict = failed
      ? terminal.out.paint("red", `${counts}.`)
      : terminal.out.paint("green", `No errors${counts ? `, ${counts}` : ""}.`);
    terminal.out.line(snapshot === undefined ? verdict : `${verdict} Read: ${contents(snapshot)}.`);
    const ignored = snapshot && ignoredText(snapshot);
    if (ignored !== undefined) terminal.out.line(ignored);
  }
  return failed ? MISTAKES : FINE;
}

/** Every file that was read, with what was found in it; what belongs to no file goes to the folder. */
async function byFile(
  folder: string,
  files: readonly string[],
  diagnostics: readonly Diagnostic[],
): Promise<Map<string, Diagnostic[]>> {
  const found = new Map<string, Diagnostic[]>();
  const root = resolve(folder);
  for (const file of files) {
    const inside = relative(root, file);
    if ((await stat(file).catch(() => undefined))?.isFile())
      found.set(inside.startsWith("..") ? file : inside.replaceAll("\\", "/"), []);
  }
  for (const diagnostic of sorted(diagnostics)) {
    const file = diagnostic.file ?? folder;
    const list = found.get(file);
    if (list === undefined) found.set(file, [diagnostic]);
    else list.push(diagnostic);
  }
  return found;
}

async function checkDocuments(args: Arguments, options: Options, terminal: Terminal): Promise<number> {
  const { format } = options;
  if (args.positionals.length === 0) throw new UsageError("--documents wants a file or folder");
  let documents = 0;
  let wrong = 0;
  const all: Diagnostic[] = [];
  for (const path of args.positionals) {
    for await (const file of documentsIn(path)) {
      const found = withoutIgnored(await checkFile(file), options);
      documents++;
      if (found.some((d) => d.severity === "error")) wrong++;
      if (format === "json") terminal.out.line(jsonLine(file, found));
      else printFrames(found, textsOf("."), terminal.out);
      all.push(...found);
    }
  }
  if (format === "human") {
    const counts = countText(all);
    const verdict = `${plural(documents, "document")} checked, ${wrong === 0 ? "none wrong" : `${wrong} wrong`}`;
    terminal.out.line(terminal.out.paint(wrong === 0 ? "green" : "red", `${verdict}${counts ? `: ${counts}` : ""}.`));
  }
  return wrong > 0 ? MISTAKES : FINE;
}

async function checkFile(file: string): Promise<readonly Diagnostic[]> {
  const mistake = (message: string): Diagnostic[] => [{ code: "SP1001", severity: "error", message, file }];
  const { size } = await stat(file);
  if (size > MAX_DOCUMENT_BYTES)
    return mistake(`The file has ${size} bytes; more than ${MAX_DOCUMENT_BYTES} are not read`);
  const bytes = await readFile(file);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return mistake("The file is not UTF-8");
  }
  return checkDocument(new SourceText(text, file), policies);
}

/** Files as named; folders searched for *.xml, in order, symbolic links not followed. */
async function* documentsIn(path: string): AsyncGenerator<string> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) throw new UsageError(`There is no file or folder ${path}`);
  if (facts.isFile()) yield path;
  else yield* xmlFiles(path);
}

async function* xmlFiles(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules") yield* xmlFiles(path);
    else if (entry.isFile() && /\.xml$/i.test(entry.name)) yield path;
  }
}
