/** The switch statement. */
import type { Switch, SwitchLabel, SwitchSection } from "../2-bind/bound.ts";
import { matches } from "./conversions.ts";
import { declare, type Frame, type JumpTarget, step } from "./frame.ts";
import { withLabels } from "./jumps.ts";
import { literalText } from "./literals.ts";

/**
 * - direct: JavaScript's own `switch`
 * - chain: `if ... else if ... else`
 * - state: the section's number is found first, then a `switch` over it inside a loop
 */
type Shape = "direct" | "chain" | "state";

function shapeOf(node: Switch): Shape {
  if (node.hasGotoCase) return "state";
  if (isDirect(node)) return "direct";
  // `case A: default:` cannot move to the end of a chain: its labels have their turn.
  return node.sections.some((s) => hasDefault(s) && s.labels.length > 1) ? "state" : "chain";
}

export function switchStatement(frame: Frame, node: Switch): string {
  const shape = shapeOf(node);
  const target: JumpTarget = { label: frame.unique("L"), isLoop: false, used: shape === "state" };
  frame.targets.push(target);
  const text =
    shape === "direct"
      ? direct(frame, node)
      : shape === "chain"
        ? chain(frame, node)
        : byState(frame, node, target.label);
  frame.targets.pop();
  const value = shape === "direct" ? "" : `const ${valueName(node)} = ${frame.expression(node.value)};\n`;
  const state = shape === "state" ? `let s${node.id} = ${selector(frame, node)};\n` : "";
  return `{\n${declare(node.locals)}${value}${state}${target.used ? `${target.label}: ` : ""}${text}}\n`;
}

function valueName(node: Switch): string {
  return `w${node.id}`;
}

/** Can JavaScript's own `switch` do it? Constants that are identical when equal, of the value's own type. */
function isDirect(node: Switch): boolean {
  const t = node.value.type.isNullable ? node.value.type.args[0] : node.value.type;
  return (
    node.constant &&
    node.sections.every((s) =>
      s.labels.every(({ pattern }) => {
        if (!pattern) return true;
        if (pattern.kind !== "constantPattern") return false;
        const { value, type } = pattern.value;
        return value === null || (type === t && typeof value !== "object" && !Number.isNaN(value));
      }),
    )
  );
}

function direct(frame: Frame, node: Switch): string {
  const sections = node.sections.map((section) => {
    const labels = section.labels.map(({ pattern }) =>
      pattern?.kind === "constantPattern" ? `case ${literalText(frame, pattern.value.value)}:\n` : "default:\n",
    );
    return `${labels.join("")}{\n${statements(frame, section)}}\n`;
  });
  return `switch (${frame.expression(node.value)}) {\n${sections.join("")}}\n`;
}

function statements(frame: Frame, section: SwitchSection): string {
  return withLabels(frame, section.statements);
}

function test(frame: Frame, node: Switch, label: SwitchLabel): string {
  if (!label.pattern) return "true";
  const match = matches(frame, label.pattern, valueName(node), node.value.type);
  return label.when ? `(${match} && ${frame.expression(label.when)})` : match;
}

function hasDefault(section: SwitchSection): boolean {
  return section.labels.some((label) => !label.pattern);
}

/** The labels are tried in order, `default` last: `{ if (...) {...} else if (...) {...} else {...} }`. */
function chain(frame: Frame, node: Switch): string {
  let tests = "";
  let otherwise = "{}\n";
  for (const section of node.sections) {
    const body = `{\n${statements(frame, section)}}`;
    if (hasDefault(section)) otherwise = `${body}\n`;
    else tests += `if (${section.labels.map((label) => test(frame, node, label)).join(" || ")}) ${body} else `;
  }
  return `{\n${tests}${otherwise}}\n`;
}

/** The index of the section that matches, as one expression. */
function selector(frame: Frame, node: Switch): string {
  const tests = node.sections.flatMap((section, i) =>
    section.labels.filter((label) => label.pattern).map((label) => `${test(frame, node, label)} ? ${i} : `),
  );
  return `${tests.join("")}${node.sections.findIndex(hasDefault)}`;
}

/** Sections by number, so that `goto case` can jump: `for (;;) { switch (s) { case 0: ... } break; }`. */
function byState(frame: Frame, node: Switch, label: string): string {
  frame.switches.set(node.id, (section) => `{ s${node.id} = ${section}; continue ${label}; }\n`);
  const sections = node.sections.map((section, i) => `case ${i}: {\n${statements(frame, section)}}\n`);
  frame.switches.delete(node.id);
  return `for (;;) {\n${step(frame)}\nswitch (s${node.id}) {\n${sections.join("")}}\nbreak;\n}\n`;
}
