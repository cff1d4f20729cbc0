/** `break`, `continue`, `goto`. JavaScript has labels for all but `goto label`, which becomes a switch inside a loop. */
import type { Goto, GotoCase, Labeled, Statement } from "../2-bind/bound.ts";
import { type Frame, step } from "./frame.ts";
import { instances } from "./functions.ts";
import { someNode } from "../2-bind/tree-walk.ts";

export function breakText(frame: Frame): string {
  const target = frame.targets.at(-1);
  if (!target) throw new Error("Internal error: break outside of a loop. Please report it.");
  target.used = true;
  return `break ${target.label};\n`;
}

export function continueText(frame: Frame): string {
  const target = frame.targets.findLast((t) => t.isLoop);
  if (!target) throw new Error("Internal error: continue outside of a loop. Please report it.");
  target.used = true;
  return `continue ${target.label};\n`;
}

export function goto(frame: Frame, node: Goto): string {
  const jump = frame.labels.get(node.label);
  if (!jump) throw new Error("Internal error: goto without its label. Please report it.");
  return jump;
}

export function gotoCase(frame: Frame, node: GotoCase): string {
  const jump = frame.switches.get(node.switch);
  if (!jump) throw new Error("Internal error: goto case outside of its switch. Please report it.");
  return jump(node.section);
}

function labelsOf(node: Statement): string[] {
  const labels: string[] = [];
  for (let each = node; each.kind === "labeled"; each = (each as Labeled).statement) labels.push(each.label);
  return labels;
}

/**
 * The statements of a block. Where it has labels that some `goto` jumps to, they become cases:
 *   let s = 0; L: for (;;) { switch (s) { case 0: ...; case 1: ...; } break; }          goto: s = 1; continue L;
 */
export function withLabels(frame: Frame, statements: readonly Statement[]): string {
  return labeledStatements(frame, statements) + instances(frame, statements);
}

function labeledStatements(frame: Frame, statements: readonly Statement[]): string {
  const isTarget = (label: string) => someNode(statements, (n) => n.kind === "goto" && (n as Goto).label === label);
  const labels = statements.flatMap(labelsOf).filter(isTarget);
  if (labels.length === 0) return statements.map((each) => frame.statement(each)).join("");
  const [state, loop] = [frame.unique("s"), frame.unique("L")];
  for (const [i, label] of labels.entries()) frame.labels.set(label, `{ ${state} = ${i + 1}; continue ${loop}; }\n`);
  const cases = statements.map((each) => {
    const heads = labelsOf(each).filter((label) => labels.includes(label));
    return `${heads.map((label) => `case ${labels.indexOf(label) + 1}:\n`).join("")}${frame.statement(each)}`;
  });
  for (const label of labels) frame.labels.delete(label);
  return `let ${state} = 0;\n${loop}: for (;;) {\n${step(frame)}\nswitch (${state}) {\ncase 0:\n${cases.join("")}}\nbreak;\n}\n`;
}
