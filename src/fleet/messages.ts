/** What the main thread and its workers say to each other. Snapshots are copied on the way; memory of the stores is shared. */
import type { Address } from "../gateway/server.ts";
import type { GrantedToken } from "../kit/identities.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import type { StoreMemory } from "../state/open.ts";
import type { FamilySnapshot } from "../telemetry/metric-registry.ts";

/** Logs that workers fill and the main thread writes. */
export type LogName = "log" | "access" | "security" | "messages";

/** What a worker is born with. */
export interface WorkerStart {
  /** Somebody reads metrics; somebody reads security events. */
  readonly counts: boolean;
  readonly tellsSecurity: boolean;
  /** Somebody keeps records of calls of models. */
  readonly keepsUsage: boolean;
  readonly snapshot: Snapshot;
  readonly memory: StoreMemory;
  readonly owner: number;
  readonly threads: number;
  readonly replica: string;
  /** Ports that the first worker got; undefined for that one. */
  readonly ports: readonly number[] | undefined;
  readonly ticketSecret: Uint8Array;
  readonly channel: string;
}

export type ToWorker =
  | { readonly kind: "activate"; readonly id: number; readonly snapshot: Snapshot }
  /** What have you counted? */
  | { readonly kind: "measure"; readonly id: number }
  | { readonly kind: "drain" }
  | { readonly kind: "close" }
  /** The block of log lines with this number was written, or lost. */
  | { readonly kind: "written"; readonly block: number; readonly problem: string | undefined }
  | { readonly kind: "answer"; readonly id: number; readonly value: string | GrantedToken }
  | { readonly kind: "failure"; readonly id: number; readonly message: string };

export type FromWorker =
  | { readonly kind: "started"; readonly addresses: readonly Address[] }
  | { readonly kind: "unstarted"; readonly message: string }
  | { readonly kind: "activated"; readonly id: number; readonly problem: string | undefined }
  | { readonly kind: "measured"; readonly id: number; readonly families: readonly FamilySnapshot[] }
  | { readonly kind: "ended" }
  | { readonly kind: "usage"; readonly records: readonly UsageRecord[] }
  /** See TellKeptKeys. */
  | { readonly kind: "kept-keys"; readonly url: string; readonly until: number | undefined }
  | { readonly kind: "lines"; readonly to: LogName; readonly block: number; readonly bytes: Uint8Array }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly what: "identity" | "authorization";
      readonly values: readonly (string | undefined)[];
    };
