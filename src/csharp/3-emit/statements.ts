/** Statements. Each begins a line of its own; where it can throw it first notes its place: `A.at = offset`. */
import { unreachable } from "../../base/assert.ts";
import type {
  Block,
  Do,
  Expression,
  For,
  ForEach,
  If,
  Return,
  LocalDeclaration,
  Statement,
  While,
} from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import { declare, type Frame, type JumpTarget, localName, step } from "./frame.ts";
import { cell, localFunction } from "./functions.ts";
import { countOf, countText, isLeftEarly, payment, withItems } from "./counted-loops.ts";
import { breakText, continueText, goto, gotoCase, withLabels } from "./jumps.ts";
import { notNull } from "./members.ts";
import { isSelfContained, isSelfContainedBody, isSelfContainedStatement } from "./self-contained.ts";
import { switchStatement } from "./switches.ts";
import { throwStatement, tryStatement, usingStatement } from "./try.ts";

export function statement(frame: Frame, node: Statement): string {
  switch (node.kind) {
    case "block":
      return block(frame, node);
    case "localDeclaration":
      return localDeclaration(frame, node);
    case "localFunction":
      return localFunction(frame, node);
    case "expressionStatement":
      return `${at(node.start, node.expression)}${frame.effect(node.expression)};\n`;
    case "if":
      return ifStatement(frame, node);
    case "while":
      return contained(frame, node, () => whileStatement(frame, node));
    case "do":
      return contained(frame, node, () => doStatement(frame, node));
    case "for":
      return forStatement(frame, node);
    case "forEach":
      return forEachStatement(frame, node);
    case "switch":
      return `${at(node.start, node.value)}${switchStatement(frame, node)}`;
    case "break":
      return breakText(frame);
    case "continue":
      return continueText(frame);
    case "goto":
      return goto(frame, node);
    case "gotoCase":
      return gotoCase(frame, node);
    case "labeled":
      return frame.statement(node.statement);
    case "return":
      return returnStatement(frame, node);
    case "yieldReturn":
      return `${at(node.start, node.value)}yield ${frame.expression(node.value)};\n`;
    case "yieldBreak":
      return "return;\n";
    case "throw":
      return leaving(frame, () => throwStatement(frame, node));
    case "try":
      return tryStatement(frame, node);
    case "using":
      return usingStatement(frame, node);
    case "lock":
      return `${at(node.start, node.expression)}${notNull(frame, node.expression, node.start)};\n${frame.statement(node.body)}`;
    case "empty":
      return ";\n";
    default:
      return unreachable(node);
  }
}

/** The note of a statement's place; nothing for values that cannot throw. */
export function at(start: number, value: Expression): string {
  return value.kind === "default" || isSelfContained(value) ? "" : `A.at = ${start};\n`;
}

/** Variables are declared at the top of their block: they exist, and are captured, once each time the block is entered. */
function block(frame: Frame, node: Block): string {
  return `{\n${declare(node.locals)}${withLabels(frame, node.statements)}}\n`;
}

function localDeclaration(frame: Frame, { local, value, start }: LocalDeclaration): string {
  if (!value) return "";
  return `${at(start, value)}${localName(local)} = ${valueText(frame, value)};\n`;
}

function ifStatement(frame: Frame, node: If): string {
  const test = `${at(node.start, node.condition)}if (${frame.expression(node.condition)}) {\n${frame.statement(node.then)}}`;
  return node.else ? `${test} else {\n${frame.statement(node.else)}}\n` : `${test}\n`;
}

function returnStatement(frame: Frame, { start, value }: Return): string {
  return leaving(frame, () => (value ? `${at(start, value)}return ${valueText(frame, value)};\n` : "return;\n"));
}

/** A value, or the cell of a variable for a ref local or ref return. */
function valueText(frame: Frame, value: Expression): string {
  return value.kind === "reference" ? cell(frame, value) : frame.expression(value);
}

/** Out of a loop that counts its own steps: the account is brought up to date. */
function leaving(frame: Frame, write: () => string): string {
  const { fuel } = frame;
  if (fuel === null) return write();
  frame.fuel = null;
  const text = write();
  frame.fuel = fuel;
  return `A.left = ${fuel};\n${text}`;
}

function contained(frame: Frame, node: While | Do, write: () => string): string {
  if (!isSelfContainedStatement(node)) return write();
  return withItems(frame, [node], undefined, () => metered(frame, write));
}

/** A loop of self-contained code, which counts its own steps. */
function metered(frame: Frame, write: () => string): string {
  if (frame.fuel !== null) return write();
  const fuel = frame.unique("f");
  frame.fuel = fuel;
  const text = write();
  frame.fuel = null;
  return `let ${fuel} = A.left;\n${text}A.left = ${fuel};\n`;
}

/** A loop: `head { step; body }` with the label that jumps inside it need. @param isPaid the steps are paid for */
function loop(frame: Frame, head: string, body: () => string, isPaid = false): string {
  const target: JumpTarget = { label: frame.unique("L"), isLoop: true, used: false };
  frame.targets.push(target);
  const text = body();
  frame.targets.pop();
  return `${target.used ? `${target.label}: ` : ""}${head} {\n${isPaid ? "" : `${step(frame)}\n`}${text}}`;
}

function whileStatement(frame: Frame, node: While): string {
  const condition = frame.expression(node.condition);
  if (node.locals.length === 0) return `${loop(frame, `while (${condition})`, () => frame.statement(node.body))}\n`;
  const body = () => `${declare(node.locals)}if (!${condition}) break;\n${frame.statement(node.body)}`;
  return `${loop(frame, "for (;;)", body)}\n`;
}

function doStatement(frame: Frame, node: Do): string {
  const text = `${loop(frame, "do", () => frame.statement(node.body))} while (${frame.expression(node.condition)});\n`;
  return node.locals.length === 0 ? text : `{\n${declare(node.locals)}${text}}\n`;
}

/** The variables are outside of the JavaScript loop, which would otherwise make new ones for each iteration. */
function forStatement(frame: Frame, node: For): string {
  const before = node.initializers.map((each) => frame.statement(each)).join("");
  const turns = (isPaid = false) => {
    const condition = node.condition ? frame.expression(node.condition) : "";
    const increments = node.increments.map((each) => frame.effect(each)).join(", ");
    return `${loop(frame, `for (; ${condition}; ${increments})`, () => frame.statement(node.body), isPaid)}\n`;
  };
  const isContained = isSelfContainedStatement({ ...node, initializers: [] });
  const text = isContained ? containedFor(frame, node, turns) : turns();
  return `{\n${declare(node.locals)}${before}${text}}\n`;
}

function containedFor(frame: Frame, node: For, turns: (isPaid?: boolean) => string): string {
  const count = countOf(node);
  const parts = [...(node.condition ? [node.condition] : []), ...node.increments, node.body];
  return withItems(frame, parts, count?.bound, () =>
    count ? countText(frame, count) + turns(true) : metered(frame, turns),
  );
}

function forEachStatement(frame: Frame, node: ForEach): string {
  const note = at(node.start, node.collection);
  const item = frame.unique("x");
  const body = () => {
    frame.bind(node.current, item);
    const assignments = node.assignments.map((each) => `${frame.effect(each)};\n`).join("");
    return `${declare(node.locals)}${assignments}${frame.statement(node.body)}`;
  };
  const indexed = node.boxed ? undefined : INDEXED.get(kindOf(node.collection.type));
  if (indexed) return `{\n${note}${byIndex(frame, node, indexed, item, body)}}\n`;
  const collection = frame.expression(node.collection);
  const items = node.boxed
    ? `${frame.runtime("iterateBoxed")}(${collection})`
    : `${frame.runtime("iterate")}(${collection}, ${frame.type(node.current.type)})`;
  return `${note}${loop(frame, `for (const ${item} of ${items})`, body)}\n`;
}

/** How to go through what is reached by an index: text for the parts of the loop, made of the names of the collection and the index. */
interface Indexed {
  /** What is kept of the collection, in a variable. */
  kept(collection: string): string;
  more(kept: string, index: string, version: string): string;
  item(kept: string, index: string): string;
  /** What is kept to notice changes. */
  version?(kept: string): string;
}

function kindOf(t: Type): string {
  return t.kind === "array" && t.rank === 1 ? "array" : t.name;
}

const ARRAY: Indexed = {
  kept: (array) => `${array}.items`,
  more: (items, i) => `${i} < ${items}.length`,
  item: (items, i) => `${items}[${i}]`,
};

const INDEXED: ReadonlyMap<string, Indexed> = new Map<string, Indexed>([
  ["array", ARRAY],
  [
    "System.String",
    {
      kept: (text) => text,
      more: (text, i) => `${i} < ${text}.length`,
      item: (text, i) => `${text}.charCodeAt(${i})`,
    },
  ],
  [
    "System.Collections.Generic.List",
    {
      kept: (list) => list,
      version: (list) => `${list}.version`,
      more: (list, i, version) => `${list}.goesOn(${i}, ${version})`,
      item: (list, i) => `${list}.items[${i}]`,
    },
  ],
]);

function byIndex(frame: Frame, node: ForEach, indexed: Indexed, item: string, body: () => string): string {
  // Nothing in the loop can change the collection then: it is as good as an array.
  const by = indexed.version && isSelfContainedBody(node) ? ARRAY : indexed;
  const [kept, index, version] = [frame.unique("x"), frame.unique("x"), frame.unique("x")];
  const before = by.version ? `const ${version} = ${by.version(kept)};\n` : "";
  const turns = (isPaid = false) => {
    const head = `for (let ${index} = 0; ${by.more(kept, index, version)}; ${index}++)`;
    return `${loop(frame, head, () => `const ${item} = ${by.item(kept, index)};\n${body()}`, isPaid)}\n`;
  };
  const start = `const ${kept} = ${by.kept(notNull(frame, node.collection, node.start))};\n${before}`;
  if (!isSelfContainedBody(node)) return start + turns();
  const text = () => (isLeftEarly(node.body) ? metered(frame, turns) : payment(frame, `${kept}.length`) + turns(true));
  return start + withItems(frame, [...node.assignments, node.body], undefined, text);
}
