/** Findings of the audit for people: by severity, each with its place, what it concerns and the way out; then a summary. */
import { AUDIT_CODES, OWASP } from "../audit/catalogue.ts";
import { type Finding, SEVERITIES, type Severity } from "../audit/finding.ts";
import { plural } from "./report.ts";
import { type Colour, printable, type Sink } from "./terminal.ts";

const COLOURS: Readonly<Record<Severity, Colour>> = { high: "red", medium: "yellow", low: "cyan", info: "dim" };
const MAX_SHOWN = 8;

/** @param operations in the configuration, for the summary */
export function printFindings(findings: readonly Finding[], operations: number, sink: Sink): void {
  for (const severity of SEVERITIES) {
    const group = findings.filter((finding) => finding.severity === severity);
    if (group.length === 0) continue;
    sink.line(sink.paint("bold", `${severity.toUpperCase()} (${group.length})`));
    sink.line("");
    for (const finding of group) for (const line of linesOf(finding, sink)) sink.line(line);
  }
  sink.line(summary(findings, operations, sink));
}

function linesOf({ code, severity, place, reason, fix, api, operations, entrances }: Finding, sink: Sink): string[] {
  const { owasp } = AUDIT_CODES[code];
  const lines = [
    `${sink.paint(COLOURS[severity], `${severity} ${code}`)}${sink.paint("bold", `: ${printable(reason)}`)}`,
    `  ${sink.paint("cyan", "-->")} ${printable(`${place.file}:${place.line}`)}`,
  ];
  if (api !== undefined) {
    lines.push(`  API ${printable(api)}: ${printable(listed(operations ?? []))}`);
    lines.push(`  ${printable((entrances ?? []).join("; "))}`);
  }
  lines.push(
    `  ${sink.paint("cyan", "=")} ${printable(fix)}`,
    `  ${sink.paint("dim", `${owasp} ${OWASP[owasp].title}`)}`,
    "",
  );
  return lines;
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_SHOWN;
  return rest <= 0 ? names.join(", ") : `${names.slice(0, MAX_SHOWN).join(", ")} and ${rest} more`;
}

function summary(findings: readonly Finding[], operations: number, sink: Sink): string {
  const looked = `${plural(operations, "operation")} looked at`;
  if (findings.length === 0) return sink.paint("green", `No open doors. ${looked}.`);
  const counts = SEVERITIES.map((s) => [findings.filter((f) => f.severity === s).length, s] as const);
  const parts = counts.filter(([count]) => count > 0).map(([count, severity]) => `${count} ${severity}`);
  return sink.paint("red", `${plural(findings.length, "open door")}: ${parts.join(", ")}. ${looked}.`);
}
