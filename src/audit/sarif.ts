/**
 * Findings as SARIF 2.1.0, which code scanning of GitHub, Azure DevOps and others reads.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { createHash } from "node:crypto";
import { AUDIT_CODES, type AuditCode, OWASP, owaspPage } from "./catalogue.ts";
import type { Finding, Severity } from "./finding.ts";

export interface SarifOptions {
  /** Of the tool. */
  readonly version: string;
  /** Path of a finding's file from the root of the repository, with `/`. */
  readonly pathOf: (file: string) => string;
}

const LEVELS: Readonly<Record<Severity, string>> = { high: "error", medium: "warning", low: "note", info: "note" };

/** Scores by which GitHub sorts security findings: high is 7.0 to 8.9, medium 4.0 to 6.9, low 0.1 to 3.9. */
const SCORES: Readonly<Record<Severity, string>> = { high: "8.0", medium: "5.0", low: "3.0", info: "0.1" };

export function sarif(findings: readonly Finding[], { version, pathOf }: SarifOptions): object {
  const codes = Object.keys(AUDIT_CODES) as AuditCode[];
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "sallyport", semanticVersion: version, rules: codes.map(ruleOf) },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, codes, pathOf)),
      },
    ],
  };
}

function ruleOf(code: AuditCode): object {
  const { title, severity, owasp, meaning, fix } = AUDIT_CODES[code];
  return {
    id: code,
    name: code,
    shortDescription: { text: title },
    fullDescription: { text: meaning },
    help: { text: fix },
    helpUri: owaspPage(owasp),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["security", `OWASP ${owasp} ${OWASP[owasp].title}`],
      precision: "high",
      "security-severity": SCORES[severity],
    },
  };
}

function resultOf(finding: Finding, codes: readonly AuditCode[], pathOf: SarifOptions["pathOf"]): object {
  const { code, severity, place, reason, fix, api, operations } = finding;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: `${reason}. ${concerned(finding)}${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(pathOf(place.file)), uriBaseId: "%SRCROOT%" },
          region: { startLine: place.line },
        },
        ...(api === undefined
          ? {}
          : {
              logicalLocations: (operations ?? []).map((operation) => ({ fullyQualifiedName: `${api}/${operation}` })),
            }),
      },
    ],
    partialFingerprints: { "sallyportFinding/v1": fingerprint(finding) },
    properties: { severity },
  };
}

function concerned({ api, operations = [] }: Finding): string {
  return api === undefined ? "" : `API ${api}: ${operations.join(", ")}. `;
}

/** The same for the same open door, whatever lines move. */
function fingerprint({ code, api, place, reason }: Finding): string {
  return createHash("sha256")
    .update(JSON.stringify([code, api, place.file, reason]))
    .digest("hex")
    .slice(0, 32);
}
