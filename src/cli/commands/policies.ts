/** `sallyport policies`: what is supported, from the definitions themselves. */
import { closest } from "../../base/closest.ts";
import { KNOWN_POLICIES } from "../../engine/known-policies.ts";
import type { ElementSpec } from "../../kit/policy.ts";
import { policies as definitions } from "../../policies/index.ts";
import { type Command, FINE, MISTAKES, UsageError, wordOption } from "../command.ts";
import { columns, printable, type Terminal } from "../terminal.ts";

export const policies: Command = {
  help: `Usage: sallyport policies [NAME] [--format human|json]

Without a name: the support table. With one: the policy's sections, scopes, attributes and children.

  --format json   a line per policy

Examples:
  sallyport policies
  sallyport policies rate-limit
  sallyport policies --format json`,
  options: { format: { type: "string" } },
  async run(args, terminal) {
    if (args.positionals.length > 1) throw new UsageError("One NAME at most");
    const [name] = args.positionals;
    const chosen = definitions.filter((p) => name === undefined || p.name === name);
    if (wordOption(args, "format", ["human", "json"]) === "json") {
      for (const policy of chosen) terminal.out.line(JSON.stringify(describe(policy)));
      for (const other of unsupported(name)) terminal.out.line(JSON.stringify({ name: other, supported: false }));
    } else if (name === undefined) printTable(terminal);
    else if (chosen.length === 1) printPolicy(chosen[0], terminal);
    else terminal.err.line(KNOWN_POLICIES.has(name) ? `${name} is not supported yet` : noSuchPolicy(name));
    return name === undefined || chosen.length > 0 ? FINE : MISTAKES;
  },
};

function noSuchPolicy(name: string): string {
  const near = closest(
    name,
    definitions.map((p) => p.name),
  );
  return `There is no policy "${printable(name)}"${near === undefined ? "" : `. Did you mean ${near}?`}`;
}

function unsupported(name?: string): string[] {
  const supported = new Set(definitions.map((p) => p.name));
  return [...KNOWN_POLICIES].filter((p) => !supported.has(p) && (name === undefined || p === name)).sort();
}

type Definition = (typeof definitions)[number];

function describe(policy: Definition): object {
  const { name, category, sections, scopes, summary, reference } = policy;
  return { name, supported: true, category, sections, scopes, summary, reference, ...element(policy) };
}

function element(spec: ElementSpec): object {
  const attributes = Object.entries(spec.attributes ?? {}).map(([name, a]) => {
    return { name, type: a.type, required: a.required, expression: a.expression, default: a.default, doc: a.doc };
  });
  const children = Object.entries(spec.children ?? {}).map(([name, child]) => {
    return { name, min: child.min ?? 0, many: child.many ?? false, doc: child.doc, ...element(child) };
  });
  const text = spec.text && {
    type: spec.text.type,
    required: spec.text.required,
    expression: spec.text.expression,
    doc: spec.text.doc,
  };
  return { attributes, children, text, content: spec.steps ? "policies" : undefined };
}

function printTable(terminal: Terminal): void {
  const rows = definitions.map((p) => [p.name, shortSections(p), shortScopes(p), p.summary]);
  for (const [category, inCategory] of Map.groupBy(definitions.entries(), ([, p]) => p.category)) {
    terminal.out.line(terminal.out.paint("bold", category));
    for (const line of columns(inCategory.map(([i]) => rows[i]))) terminal.out.line(`  ${line}`);
    terminal.out.line("");
  }
  const missing = unsupported();
  terminal.out.line(`${definitions.length} supported. Not yet: ${missing.length === 0 ? "none" : missing.join(", ")}.`);
  terminal.out.line("A document with a policy that is not supported is refused at load.");
}

function shortSections(policy: Definition): string {
  return policy.sections.length === 4 ? "all sections" : policy.sections.join(", ");
}

function shortScopes(policy: Definition): string {
  return policy.scopes.length === 4 ? "all scopes" : policy.scopes.join(", ");
}

function printPolicy(policy: Definition, terminal: Terminal): void {
  terminal.out.line(`${terminal.out.paint("bold", `<${policy.name}>`)}  ${policy.summary}`);
  terminal.out.line(
    `Category: ${policy.category}. Sections: ${shortSections(policy)}. Scopes: ${shortScopes(policy)}.`,
  );
  terminal.out.line(policy.reference);
  printElement(policy, "", terminal);
}

function printElement(spec: ElementSpec, indent: string, terminal: Terminal): void {
  const rows = Object.entries(spec.attributes ?? {}).map(([name, a]) => {
    const facts = [
      a.type,
      a.required ? "required" : "",
      a.expression ? "expression" : "",
      a.default === undefined ? "" : `default ${a.default}`,
    ];
    return [`${indent}  ${name}`, facts.filter((f) => f !== "").join(", "), a.doc];
  });
  if (spec.text !== undefined) {
    const { type, expression, doc } = spec.text;
    rows.push([`${indent}  (text)`, expression ? `${type}, expression` : type, doc]);
  }
  if (spec.steps) rows.push([`${indent}  (policies)`, "", ""]);
  for (const line of columns(rows)) terminal.out.line(line);
  for (const [name, child] of Object.entries(spec.children ?? {})) {
    const facts = [child.many ? "any number" : "", child.min ? "required" : "", child.doc ?? ""].filter(
      (f) => f !== "",
    );
    terminal.out.line(`${indent}  ${terminal.out.paint("bold", `<${name}>`)} ${facts.join(", ")}`.trimEnd());
    printElement(child, `${indent}  `, terminal);
  }
}
