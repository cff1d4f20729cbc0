/** The reference of policies, from their definitions: a page each, and the support table. */
import { KNOWN_POLICIES } from "../../src/engine/known-policies.ts";
import type { AnyPolicy, ElementSpec } from "../../src/kit/policy.ts";
import { policies } from "../../src/policies/index.ts";
import { code, type Page, page, plain, table } from "./markdown.ts";

const FOLDER = "docs/reference/policies";

export function policyPages(): readonly Page[] {
  return [index(), ...policies.map(policyPage)];
}

function index(): Page {
  const parts: string[] = [];
  for (const [category, group] of Map.groupBy(policies, (p) => p.category)) {
    const rows = group.map((p) => [`[${p.name}](${p.name}.md)`, sections(p), scopes(p), plain(p.summary)]);
    parts.push(`## ${category}`, table(["Policy", "Sections", "Scopes", "What it does"], rows));
  }
  const supported = new Set(policies.map((p) => p.name));
  const missing = [...KNOWN_POLICIES].filter((name) => !supported.has(name)).sort();
  return page(
    `${FOLDER}/README.md`,
    "# Policies",
    `${policies.length} policies are supported. A document with a policy that is not is refused when it is loaded.`,
    ...parts,
    "## Not supported yet",
    missing.length === 0 ? "None." : `${missing.map(code).join(", ")}.`,
  );
}

function sections(policy: AnyPolicy): string {
  return policy.sections.length === 4 ? "all" : policy.sections.join(", ");
}

function scopes(policy: AnyPolicy): string {
  return policy.scopes.length === 4 ? "all" : policy.scopes.join(", ");
}

function policyPage(policy: AnyPolicy): Page {
  const facts = [
    ["Category", policy.category],
    ["Sections", policy.sections.join(", ")],
    ["Scopes", policy.scopes.join(", ")],
    ["Described at", `<${policy.reference}>`],
  ];
  return page(
    `${FOLDER}/${policy.name}.md`,
    `# ${policy.name}`,
    plain(policy.summary),
    policy.doc === undefined ? "" : plain(policy.doc),
    facts.map(([name, value]) => `- ${name}: ${value}`).join("\n"),
    `\`\`\`xml\n${skeleton(policy.name, policy, "")}\n\`\`\``,
    ...elementParts(policy, []),
    "Every policy takes the attribute `id`, which names it in traces and in `context.LastError.PolicyId`.",
  );
}

/** The element with its attributes and children; what may be left out, too. */
function skeleton(name: string, spec: ElementSpec, indent: string): string {
  const attributes = Object.keys(spec.attributes ?? {}).map((attribute) => ` ${attribute}="..."`);
  const start = `${indent}<${name}${attributes.join("")}`;
  const inner = Object.entries(spec.children ?? {}).map(([child, childSpec]) =>
    skeleton(child, childSpec, `${indent}  `),
  );
  if (spec.steps) inner.push(`${indent}  <!-- policies -->`);
  if (inner.length === 0) return spec.text ? `${start}>...</${name}>` : `${start} />`;
  if (spec.text) inner.unshift(`${indent}  ...`);
  return `${start}>\n${inner.join("\n")}\n${indent}</${name}>`;
}

function elementParts(spec: ElementSpec, path: readonly string[]): string[] {
  const parts: string[] = [];
  const attributes = Object.entries(spec.attributes ?? {}).map(([name, a]) => [
    code(name),
    plain(a.type),
    a.required ? "yes" : "",
    a.default === undefined ? "" : code(String(a.default)),
    a.expression ? "yes" : "no",
    plain(a.doc),
  ]);
  if (attributes.length > 0)
    parts.push(table(["Attribute", "Type", "Required", "Default", "Expression", "Meaning"], attributes));
  if (spec.text !== undefined) parts.push(`Content: ${contentOf(spec.text)}`);
  if (spec.steps) parts.push("Content: policies, run in order.");
  for (const [name, child] of Object.entries(spec.children ?? {})) {
    const inner = [...path, name];
    parts.push(`${"#".repeat(Math.min(6, inner.length + 1))} ${inner.map((n) => `&lt;${n}&gt;`).join(" ")}`);
    const times = child.many
      ? child.min
        ? "Once or more."
        : "Any number."
      : child.min
        ? "Required."
        : "At most once.";
    parts.push(child.doc === undefined ? times : `${times} ${plain(child.doc)}`);
    parts.push(...elementParts(child, inner));
  }
  return parts;
}

function contentOf({ type, required, expression, doc }: NonNullable<ElementSpec["text"]>): string {
  const facts = [type, required ? "required" : "", expression ? "or an expression" : "no expression"];
  return `${plain(facts.filter((f) => f !== "").join(", "))}.${doc === "" ? "" : ` ${plain(doc)}`}`;
}
