/** XContainer: an element or document and its nodes, and how content of any kind becomes nodes. */
import { spend } from "../runtime/budget.ts";
import { hashObject, iterateBoxed } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { XAttribute } from "./xattribute.ts";
import { contentText } from "./xml-values.ts";
import type { NodeParent } from "./xnode.ts";
import { XNode } from "./xnode.ts";
import { XText } from "./xtext.ts";

export abstract class XContainer extends XNode implements NodeParent {
  firstNode: XNode | null = null;
  lastNode: XNode | null = null;
  /** Empty text has been added to an element without nodes: it is written as `<a></a>`. */
  protected hasEmptyText = false;

  /** Throws unless the node may be added before `before` (null: at the end). */
  protected abstract validateNode(node: XNode, before: XNode | null): void;
  protected abstract validateText(text: string): void;
  protected abstract addAttribute(attribute: XAttribute): void;

  /** Child nodes; ends when the node that it stands on is taken out. */
  *nodes(): Generator<XNode> {
    for (let node = this.firstNode; node && node.parent === this; node = node.next) yield node;
  }

  /** All nodes below, in document order. */
  *descendantNodes(): Generator<XNode> {
    for (let node = following(this, this); node; node = following(this, node)) yield node;
  }

  override get text(): string {
    let text = "";
    for (const node of this.descendantNodes()) if (node instanceof XText) text += node.value;
    return text;
  }

  /** Adds a node that is new, has no parent and is known to be allowed: for readers. */
  append(node: XNode): void {
    this.#link(node, null);
  }

  /** As `append` for text, which joins text before it. */
  appendText(text: string): void {
    this.#insertText(null, text);
  }

  add(content: unknown): void {
    this.insertContent(null, content);
  }

  /** Adds nodes, values, attributes and sequences of such; null is nothing. */
  insertContent(before: XNode | null, content: unknown): void {
    if (content === null) return;
    if (content instanceof XNode) {
      this.insertNode(before, content);
    } else if (typeof content === "string") {
      this.#addText(before, content);
    } else if (content instanceof XAttribute) {
      this.addAttribute(content);
    } else if (content instanceof CsObject && Symbol.iterator in content) {
      for (const item of iterateBoxed(content)) this.insertContent(before, item);
    } else {
      this.#addText(before, contentText(content));
    }
  }

  insertNode(before: XNode | null, given: XNode): void {
    this.validateNode(given, before);
    spend(1);
    // A node with a parent is copied, and so is one that would contain itself.
    const node = given.parent !== null || given === this.top ? given.cloneNode() : given;
    this.#link(node, before);
  }

  removeNode(node: XNode): void {
    if (node.previous) node.previous.next = node.next;
    else this.firstNode = node.next;
    if (node.next) node.next.previous = node.previous;
    else this.lastNode = node.previous;
    node.parent = null;
    node.previous = null;
    node.next = null;
  }

  removeNodes(): void {
    while (this.firstNode) this.removeNode(this.firstNode);
    this.hasEmptyText = false;
  }

  /** Content is taken down first, since it may come from here. */
  replaceNodes(content: unknown): void {
    const snapshot = snapshotOf(content);
    this.removeNodes();
    this.add(snapshot);
  }

  #addText(before: XNode | null, text: string): void {
    this.validateText(text);
    spend(1);
    this.#insertText(before, text);
  }

  #insertText(before: XNode | null, text: string): void {
    const previous = before ? before.previous : this.lastNode;
    if (text === "") this.hasEmptyText ||= this.firstNode === null;
    else if (previous instanceof XText && previous.constructor === XText) previous.value += text;
    else this.#link(new XText(text), before);
  }

  #link(node: XNode, before: XNode | null): void {
    node.parent = this;
    node.next = before;
    node.previous = before ? before.previous : this.lastNode;
    if (node.previous) node.previous.next = node;
    else this.firstNode = node;
    if (before) before.previous = node;
    else this.lastNode = node;
    this.hasEmptyText = false;
  }

  protected cloneNodesInto<T extends XContainer>(copy: T): T {
    for (let node = this.firstNode; node; node = node.next) {
      spend(1);
      copy.append(node.cloneNode());
    }
    copy.hasEmptyText = this.hasEmptyText;
    return copy;
  }

  /** Same nodes, adjacent text taken together. */
  protected sameNodes(other: XContainer): boolean {
    const [a, b] = [this.#pieces(), other.#pieces()];
    return a.length === b.length && a.every((piece, i) => samePiece(piece, b[i]));
  }

  protected hashNodes(): number {
    return this.#pieces().reduce<number>((h, p) => h ^ (typeof p === "string" ? hashObject(p) : p.deepHash()), 0);
  }

  #pieces(): (XNode | string)[] {
    const pieces: (XNode | string)[] = [];
    for (let node = this.firstNode; node; node = node.next) {
      const last = pieces.at(-1);
      if (!(node instanceof XText) || node.constructor !== XText) pieces.push(node);
      else if (typeof last === "string") pieces[pieces.length - 1] = last + node.value;
      else pieces.push(node.value);
    }
    return pieces;
  }
}

function samePiece(a: XNode | string, b: XNode | string): boolean {
  return typeof a === "string" || typeof b === "string" ? a === b : a.deepEquals(b);
}

/** The node after `at` in document order, below `top`. */
function following(top: XContainer, at: XNode): XNode | null {
  if (at instanceof XContainer && at.firstNode) return at.firstNode;
  let node = at;
  while (node !== top && !node.next) {
    if (!node.parent) return null;
    node = node.parent as XContainer;
  }
  return node === top ? null : node.next;
}

/** Content whose sequences have been enumerated. */
function snapshotOf(content: unknown): unknown {
  if (content === null || typeof content === "string" || content instanceof XNode || content instanceof XAttribute) {
    return content;
  }
  return content instanceof CsObject && Symbol.iterator in content
    ? new Snapshot([...iterateBoxed(content)].map(snapshotOf))
    : content;
}

class Snapshot extends CsObject {
  readonly #items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    super();
    this.#items = items;
  }

  override get type(): Type {
    return type("System.Collections.Generic.IEnumerable", type("System.Object"));
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#items[Symbol.iterator]();
  }
}
