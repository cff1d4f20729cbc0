/** Gathers findings: what many operations share is said once, with the operations and entrances it concerns. */
import type { Api } from "../resources/snapshot.ts";
import { AUDIT_CODES, type AuditCode } from "./catalogue.ts";
import { type Finding, lessened, type Place, SEVERITIES, type Severity } from "./finding.ts";

export interface Found {
  readonly code: AuditCode;
  readonly place: Place;
  readonly reason: string;
  /** Default: as in the catalogue. */
  readonly severity?: Severity;
  /** Open on some ways only: one step less severe. */
  readonly isSometimes?: boolean;
  /** Default: as in the catalogue. */
  readonly fix?: string;
}

/** Where a finding was met, when it concerns an operation. */
export interface Where {
  readonly api: string;
  readonly operation: string;
  readonly entrance: string;
}

interface Gathered {
  readonly finding: Omit<Finding, "operations" | "entrances">;
  readonly operations: Set<string>;
  readonly entrances: Set<string>;
}

export class Findings {
  readonly #byKey = new Map<string, Gathered>();

  add(found: Found, where?: Where): void {
    const { code, place, reason, isSometimes = false } = found;
    const entry = AUDIT_CODES[code];
    const whole = found.severity ?? entry.severity;
    const severity = isSometimes ? lessened(whole) : whole;
    const key = JSON.stringify([code, severity, place.file, place.line, reason, where?.api]);
    let gathered = this.#byKey.get(key);
    if (gathered === undefined) {
      const api = where === undefined ? {} : { api: where.api };
      const finding = { code, severity, place, reason, fix: found.fix ?? entry.fix, ...api };
      gathered = { finding, operations: new Set(), entrances: new Set() };
      this.#byKey.set(key, gathered);
    }
    if (where === undefined) return;
    gathered.operations.add(where.operation);
    gathered.entrances.add(where.entrance);
  }

  /** The most severe first; then by API, code and place. */
  list(): readonly Finding[] {
    const list = [...this.#byKey.values()].map(
      ({ finding, operations, entrances }): Finding =>
        operations.size === 0
          ? finding
          : { ...finding, operations: [...operations].sort(), entrances: [...entrances].sort() },
    );
    return list.sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        order(a.api ?? "", b.api ?? "") ||
        order(a.code, b.code) ||
        order(a.place.file, b.place.file) ||
        a.place.line - b.place.line,
    );
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `orders`, or `orders;rev=2` for one that is not current. */
export function apiName({ id, revision, isCurrent }: Api): string {
  return isCurrent ? id : `${id};rev=${revision}`;
}
