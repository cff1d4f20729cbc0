/** What the audit finds: an open door, where it stands, why it is open and how to close it. */
import type { AuditCode } from "./catalogue.ts";

export const SEVERITIES = ["high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Place {
  /** Relative to the configuration folder, when it is in there. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Finding {
  readonly code: AuditCode;
  readonly severity: Severity;
  readonly place: Place;
  readonly reason: string;
  readonly fix: string;
  /** Id of the API, with its revision when there are several; undefined when it concerns more than one. */
  readonly api?: string;
  /** Ids of the operations; undefined for what is no matter of operations. */
  readonly operations?: readonly string[];
  /** How callers come to it: with which key, or without any. */
  readonly entrances?: readonly string[];
}

/** One step less: for what is open on some ways only. */
export function lessened(severity: Severity): Severity {
  return SEVERITIES[Math.min(SEVERITIES.indexOf(severity) + 1, SEVERITIES.length - 1)];
}

/** Is the one at least as severe as the other? */
export function isAtLeast(severity: Severity, bound: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(bound);
}
