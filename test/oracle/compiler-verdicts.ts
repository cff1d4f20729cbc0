/**
 * Compares the binder with what the C# compiler said of each expression in a folder of policy documents.
 * A verdict holds the first five errors; its key is sha256(kind + "\n" + code).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SourceText } from "../../src/base/source-text.ts";
import { type CompileError, Compiler } from "../../src/csharp/index.ts";
import { declareTypes, type } from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { contextTypes } from "../../src/engine/context/declarations.ts";
import { readXml } from "../../src/xml/reader.ts";
import type { XmlElement, XmlExpression } from "../../src/xml/tree.ts";

export interface Verdict {
  readonly sha256: string;
  readonly kind: "expr" | "block";
  readonly ok?: boolean;
  readonly static?: string;
  readonly errors?: readonly { readonly code: string; readonly line: number; readonly col: number }[];
}

function* expressionsOf(element: XmlElement): Generator<XmlExpression> {
  for (const attribute of element.attributes) if (attribute.value.expression) yield attribute.value.expression;
  for (const child of element.children) {
    if (child.kind === "element") yield* expressionsOf(child);
    else if (child.value.expression) yield child.value.expression;
  }
}

function check(compiler: Compiler, e: XmlExpression): { static: string | undefined; errors: readonly CompileError[] } {
  const { type: t, errors } = compiler.compile(e.code, e.kind);
  return { static: e.kind === "expr" ? `${t}` : undefined, errors };
}

/** Whether the binder accepts what the compiler accepts, with the same static type, and finds the same errors. */
function isEqual(verdict: Verdict, found: ReturnType<typeof check>): boolean {
  const accepted = found.errors.length === 0;
  if (accepted !== (verdict.ok === true)) return false;
  if (accepted && verdict.static !== undefined && verdict.static !== found.static) return false;
  return codesOf(found.errors.slice(0, 5)) === codesOf(verdict.errors ?? []);
}

function codesOf(errors: readonly { readonly code: string }[]): string {
  const codes = errors.map((e) => e.code);
  return codes.sort().join();
}

/** Prints what differs and the count; gives the number of verdicts that differ and that `known` does not name. */
export function compareVerdicts(verdicts: readonly Verdict[], folder: string, known: object): number {
  declareTypes(contextTypes);
  const compiler = new Compiler({ globals: { context: type("IContext") } });
  const bySha = new Map(verdicts.map((v) => [v.sha256, v]));
  const counts = { seen: 0, equal: 0, unknown: 0 };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".xml")) continue;
    const path = join(entry.parentPath, entry.name);
    const { roots } = readXml(new SourceText(readFileSync(path, "utf8"), path));
    for (const e of roots.flatMap((root) => [...expressionsOf(root)])) {
      const sha256 = createHash("sha256").update(`${e.kind}\n${e.code}`).digest("hex");
      const verdict = bySha.get(sha256);
      if (!verdict) continue;
      bySha.delete(sha256);
      counts.seen++;
      const found = check(compiler, e);
      if (isEqual(verdict, found)) counts.equal++;
      else if (!Object.hasOwn(known, sha256)) {
        counts.unknown++;
        const codes = found.errors.map((x) => `${x.code}@${x.start} ${x.message}`);
        console.log(`  differs: ${path} ${sha256}\n${e.code.slice(0, 700)}`);
        console.log(`  ${verdict.static} ${codesOf(verdict.errors ?? [])} became ${found.static} ${codes.join(" | ")}`);
      }
    }
  }
  console.log(`Verdicts of the C# compiler: ${counts.equal} of ${counts.seen} equal`);
  return counts.unknown;
}
