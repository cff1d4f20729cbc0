/**
 * The syntax tree of C# 7.3 expressions and statements. Names are Roslyn's without `Syntax` (and without `Expression`), so that
 * the language reference applies: https://learn.microsoft.com/dotnet/api/microsoft.codeanalysis.csharp.syntax
 * Every node has `start` and `end` (exclusive) as UTF-16 offsets into the code. Trees are plain data: no parents, no tokens.
 * A tree that came with errors may contain `Missing` expressions and empty names; only trees without errors are bound.
 */

export type * from "./ast-creations.ts";
export type * from "./ast-expressions.ts";
export type * from "./ast-literals.ts";
export type * from "./ast-queries.ts";
export type * from "./ast-statements.ts";
export type * from "./ast-types.ts";
