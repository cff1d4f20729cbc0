/** XPath 1.0 expressions, once parsed. https://www.w3.org/TR/1999/REC-xpath-19991116/ */

export type Axis =
  | "ancestor"
  | "ancestor-or-self"
  | "attribute"
  | "child"
  | "descendant"
  | "descendant-or-self"
  | "following"
  | "following-sibling"
  | "namespace"
  | "parent"
  | "preceding"
  | "preceding-sibling"
  | "self";

/** What a step keeps. `prefix` and `local` of `*` are undefined; a name without a prefix has prefix "". */
export type NodeTest =
  | { kind: "name"; prefix: string | undefined; local: string | undefined }
  | { kind: "node" | "text" | "comment" }
  | { kind: "processing-instruction"; target: string | undefined };

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly Expression[];
}

export type BinaryOperator =
  | "or"
  | "and"
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "div"
  | "mod"
  | "|";

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | { kind: "call"; name: string; args: readonly Expression[] }
  | { kind: "negate"; operand: Expression }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: "filter"; operand: Expression; predicates: readonly Expression[] }
  /** `start`: the root, the context node, or what an expression selects. */
  | { kind: "path"; start: "root" | "context" | Expression; steps: readonly Step[] };
