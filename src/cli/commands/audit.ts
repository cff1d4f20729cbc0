/** `sallyport audit`: which doors of a configuration are open, for people, programs and code scanning. */
import { relative, resolve, sep } from "node:path";
import { audit as findOpenDoors } from "../../audit/audit.ts";
import { AUDIT_CODES, auditEntry } from "../../audit/catalogue.ts";
import { type Finding, isAtLeast } from "../../audit/finding.ts";
import { sarif } from "../../audit/sarif.ts";
import { loadConfiguration } from "../../main.ts";
import { Places } from "../../resources/places.ts";
import { printFindings } from "../audit-view.ts";
import {
  type Arguments,
  type Command,
  FINE,
  MISTAKES,
  onlyPositional,
  textOption,
  UsageError,
  WRONG_USAGE,
  wordOption,
} from "../command.ts";
import { countText, printFrames, textsOf } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { productVersion } from "../version.ts";

export const audit: Command = {
  help: `Usage: sallyport audit FOLDER [--settings FILE] [--environment NAME] [--fail-on high|medium|low|never]
                       [--ignore CODES] [--format text|json|sarif]

Finds open doors: for each API and operation, who may call and how often, and what the backend is shown. Each operation is followed by
its composed policies, so what is inherited counts, and what stands in a branch counts only when every branch has it. Nothing is
started, and no secret is needed: placeholders stand for variables that are not set, files that are not there, and vaults.

A comment <!-- sallyport-disable SA2001: why --> before an element of a policy document silences a finding in it; before <policies>
or a section it silences what is missing there. \`sallyport explain SA2001\` tells more of a code.

  --settings FILE      settings file (default: sallyport.yaml in the folder)
  --environment NAME   overrides to use (default: SALLYPORT_ENVIRONMENT)
  --fail-on SEVERITY   which findings make it fail: high, medium (default: medium and high), low, or never
  --ignore CODES       findings not to look for: --ignore SA5002,SA1010
  --format json        an object: {findings: [{code, severity, api, operations, entrances, place, reason, fix, owasp}]}
  --format sarif       SARIF 2.1.0, for code scanning; paths count from the folder in which the command runs

Exit codes: 0 nothing that --fail-on names, 1 open doors, 2 wrong usage or a configuration that cannot be loaded.

Examples:
  sallyport audit apim-artifacts
  sallyport audit apim-artifacts --environment production --fail-on high
  sallyport audit apim-artifacts --format sarif > audit.sarif`,
  options: {
    settings: { type: "string" },
    environment: { type: "string" },
    "fail-on": { type: "string" },
    ignore: { type: "string", multiple: true },
    format: { type: "string" },
  },
  async run(args, terminal) {
    const folder = onlyPositional(args, "FOLDER");
    const format = wordOption(args, "format", ["text", "json", "sarif"]);
    const bound = wordOption(args, "fail-on", ["medium", "high", "low", "never"]);
    const ignored = ignoredCodes(args);
    const places = new Places();
    const { program, diagnostics } = await loadConfiguration(folder, {
      environment: textOption(args, "environment"),
      settingsFile: textOption(args, "settings"),
      places,
      areSecretsOptional: true,
    });
    if (program === undefined) {
      printFrames(diagnostics, textsOf(folder, "."), terminal.err);
      terminal.err.line(`Not audited: ${countText(diagnostics)}. See sallyport check.`);
      return WRONG_USAGE;
    }
    const findings = findOpenDoors(program, places, { ignored });
    const operations = program.snapshot.apis.reduce((sum, api) => sum + api.operations.length, 0);
    if (format === "text") printFindings(findings, operations, terminal.out);
    else print(format === "json" ? { findings: findings.map(withOwasp) } : asSarif(findings, folder), terminal);
    const hasFailed = bound !== "never" && findings.some(({ severity }) => isAtLeast(severity, bound));
    return hasFailed ? MISTAKES : FINE;
  },
};

function ignoredCodes({ values }: Arguments): ReadonlySet<string> {
  const codes = [values.ignore ?? []].flat().flatMap((list) => String(list).split(","));
  const unknown = codes.find((code) => auditEntry(code) === undefined);
  if (unknown !== undefined) throw new UsageError(`--ignore wants codes such as SA1001, not "${unknown}"`);
  return new Set(codes);
}

function withOwasp(finding: Finding): object {
  return { ...finding, owasp: AUDIT_CODES[finding.code].owasp };
}

function asSarif(findings: readonly Finding[], folder: string): object {
  const root = process.cwd();
  const pathOf = (file: string) => relative(root, resolve(folder, file)).split(sep).join("/");
  return sarif(findings, { version: productVersion(), pathOf });
}

function print(value: object, { out }: Terminal): void {
  out.line(JSON.stringify(value, undefined, 2));
}
