/** Expressions to compile: those of a folder of policy documents, or else of the project's own conformance cases. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SourceText } from "../../src/base/source-text.ts";
import { readXml } from "../../src/xml/reader.ts";
import type { XmlElement, XmlExpression } from "../../src/xml/tree.ts";

export type Source = Pick<XmlExpression, "kind" | "code">;

export function expressions(folder: string | undefined): readonly Source[] {
  const all = folder === undefined ? [...ofCases()] : [...ofDocuments(folder)];
  return [...new Map(all.map((e) => [`${e.kind} ${e.code}`, e])).values()];
}

const CASES = join(import.meta.dirname, "../../test/conformance/csharp");

function* ofCases(): Generator<Source> {
  for (const file of readdirSync(CASES).filter((f) => f.endsWith(".jsonl"))) {
    for (const line of readFileSync(join(CASES, file), "utf8").trim().split("\n")) {
      const { expr, setup, compileError } = JSON.parse(line) as {
        expr: string;
        setup?: string;
        compileError?: unknown;
      };
      if (setup !== undefined || compileError !== undefined) continue;
      if (expr.startsWith("@{")) yield { kind: "block", code: expr.slice(2, -1) };
      else yield { kind: "expr", code: expr };
    }
  }
}

function* ofDocuments(folder: string): Generator<Source> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".xml")) continue;
    const path = join(entry.parentPath, entry.name);
    const { roots } = readXml(new SourceText(readFileSync(path, "utf8"), path));
    for (const root of roots) yield* ofElement(root);
  }
}

function* ofElement(element: XmlElement): Generator<Source> {
  for (const attribute of element.attributes) if (attribute.value.expression) yield attribute.value.expression;
  for (const child of element.children) {
    if (child.kind === "element") yield* ofElement(child);
    else if (child.value.expression) yield child.value.expression;
  }
}
