/** XPath's four kinds of value and the conversions between them. */
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import { XContainer } from "./xcontainer.ts";
import type { XObject } from "./xobject.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XText } from "./xtext.ts";

/** A node-set is an array in document order. */
export type XPathValue = readonly XObject[] | string | number | boolean;

export function isNodes(value: XPathValue): value is readonly XObject[] {
  return typeof value === "object";
}

/** String value of a node. */
export function nodeText(node: XObject): string {
  if (node instanceof XAttribute || node instanceof XText || node instanceof XComment) return node.value;
  if (node instanceof XProcessingInstruction) return node.data;
  return node instanceof XContainer ? node.text : "";
}

export function asText(value: XPathValue): string {
  if (isNodes(value)) return value.length === 0 ? "" : nodeText(value[0]);
  if (typeof value !== "number") return String(value);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return plainNumber(value === 0 ? 0 : value);
}

/** Without an exponent: `1e-7` is 0.0000001. */
function plainNumber(value: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (!match) return String(value);
  const [, sign, first, rest, exponent] = match;
  const digits = first + (rest ?? "");
  const power = Number(exponent);
  return sign + (power < 0 ? `0.${"0".repeat(-power - 1)}${digits}` : digits.padEnd(power + 1, "0"));
}

export function asNumber(value: XPathValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const text = asText(value).trim();
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}

export function asBoolean(value: XPathValue): boolean {
  if (isNodes(value)) return value.length > 0;
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value);
}

type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** Node-sets compare by any of their nodes (https://www.w3.org/TR/1999/REC-xpath-19991116/#booleans). */
export function compareValues(operator: Comparison, a: XPathValue, b: XPathValue): boolean {
  if (isNodes(a) && typeof b !== "boolean") return a.some((node) => compareValues(operator, nodeText(node), b));
  if (isNodes(b) && typeof a !== "boolean") return b.some((node) => compareValues(operator, a, nodeText(node)));
  if (operator === "=" || operator === "!=") return sameValue(a, b) === (operator === "=");
  const [x, y] = [asNumber(a), asNumber(b)];
  if (operator === "<") return x < y;
  if (operator === "<=") return x <= y;
  return operator === ">" ? x > y : x >= y;
}

function sameValue(a: XPathValue, b: XPathValue): boolean {
  if (typeof a === "boolean" || typeof b === "boolean") return asBoolean(a) === asBoolean(b);
  if (typeof a === "number" || typeof b === "number") return asNumber(a) === asNumber(b);
  return asText(a) === asText(b);
}
