/**
 * Compares the binder with what the C# compiler said of each expression in a folder of policy documents.
 *   node test/oracle/bind-corpus.ts corpus-verdicts.jsonl FOLDER
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

interface Verdict {
  readonly sha256: string;
  readonly kind: "expr" | "block";
  readonly ok?: boolean;
  readonly static?: string;
  readonly errors?: readonly { readonly code: string; readonly line: number; readonly col: number }[];
}

declareTypes(contextTypes);
const compiler = new Compiler({ globals: { context: type("IContext") } });

function* expressionsOf(element: XmlElement): Generator<XmlExpression> {
  for (const attribute of element.attributes) if (attribute.value.expression) yield attribute.value.expression;
  for (const child of element.children) {
    if (child.kind === "element") yield* expressionsOf(child);
    else if (child.value.expression) yield child.value.expression;
  }
}

function check(e: XmlExpression): { static: string | undefined; errors: readonly CompileError[] } {
  const { type: t, errors } = compiler.compile(e.code, e.kind);
  return { static: e.kind === "expr" ? `${t}` : undefined, errors };
}

const [verdictsPath, folder] = process.argv.slice(2);
const verdicts = new Map(
  readFileSync(verdictsPath, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict)
    .map((v) => [v.sha256, v]),
);
const seen = new Set<string>();
let right = 0;
let microseconds = 0;
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".xml")) continue;
  const path = join(entry.parentPath, entry.name);
  const { roots } = readXml(new SourceText(readFileSync(path, "utf8"), path));
  for (const e of roots.flatMap((root) => [...expressionsOf(root)])) {
    const key = createHash("sha256").update(`${e.kind}\n${e.code}`).digest("hex");
    const verdict = verdicts.get(key);
    if (!verdict || seen.has(key)) continue;
    seen.add(key);
    const before = performance.now();
    const found = check(e);
    microseconds += (performance.now() - before) * 1000;
    const accepted = found.errors.length === 0;
    const expected = (verdict.errors ?? [])
      .map((x) => x.code)
      .sort()
      .join();
    const codes = found.errors
      .slice(0, 5)
      .map((x) => x.code)
      .sort()
      .join();
    const same =
      accepted === (verdict.ok === true) &&
      (!accepted || verdict.static === undefined || verdict.static === found.static);
    if (same && codes === expected) right++;
    else {
      const shown = found.errors.map((x) => `${x.code}@${x.start} ${x.message}`).join(" | ");
      console.log(
        `${same ? "codes differ" : "WRONG"} ${path}\n${e.code.slice(0, 700)}\n   expected ${verdict.static} ${expected}, got ${found.static} ${shown}\n`,
      );
    }
  }
}
console.log(
  `${right} of ${seen.size} expressions equal (${verdicts.size} verdicts); ${Math.round(microseconds / seen.size)} us each`,
);
