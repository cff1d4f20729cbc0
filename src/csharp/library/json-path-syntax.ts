/** What a JSONPath consists of, once parsed. */
import type { JValue } from "./jvalue.ts";

/** One step of a path. A name or index of undefined means `*`. */
export type Filter =
  | { kind: "root" }
  | { kind: "field" | "scan"; name: string | undefined }
  | { kind: "fields" | "scanNames"; names: readonly string[] }
  | { kind: "index"; index: number | undefined }
  | { kind: "indexes"; indexes: readonly number[] }
  | { kind: "slice"; start: number | undefined; end: number | undefined; step: number | undefined }
  | { kind: "query" | "scanQuery"; query: Query };

export type Operator =
  | "equals"
  | "strictEquals"
  | "notEquals"
  | "strictNotEquals"
  | "matches"
  | "less"
  | "atMost"
  | "greater"
  | "atLeast";

/** A side of a comparison: a path or a literal. */
export type Operand = { path: readonly Filter[]; value?: undefined } | { value: JValue; path?: undefined };

export type Query =
  | { kind: "exists"; left: Operand }
  | { kind: "compare"; operator: Operator; left: Operand; right: Operand }
  | { kind: "group"; joinedBy: "and" | "or"; parts: readonly Query[] };
