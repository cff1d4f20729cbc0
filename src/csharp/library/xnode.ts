/** XNode: what can stand in an element or a document. */
import { XObject, missingParent } from "./xobject.ts";
import { XmlTextWriter } from "./xml-writer.ts";

/** SaveOptions. */
export const SaveOptions = { None: 0, DisableFormatting: 1, OmitDuplicateNamespaces: 2 } as const;

/** What a node asks of the element or document that it is in. */
export interface NodeParent extends XObject {
  removeNode(node: XNode): void;
  /** Adds content of any kind before a child, at the end for null. */
  insertContent(before: XNode | null, content: unknown): void;
}

export abstract class XNode extends XObject {
  previous: XNode | null = null;
  next: XNode | null = null;

  /** A copy without a parent. */
  abstract cloneNode(): XNode;
  abstract deepEquals(other: XNode): boolean;
  abstract deepHash(): number;
  abstract writeTo(writer: XmlTextWriter): void;

  /** Text of this node, as it counts in the Value of an element. */
  get text(): string {
    return "";
  }

  protected requireParent(): NodeParent {
    if (!this.parent) throw missingParent();
    return this.parent as NodeParent;
  }

  remove(): void {
    this.requireParent().removeNode(this);
  }

  addAfterSelf(content: unknown): void {
    this.requireParent().insertContent(this.next, content);
  }

  addBeforeSelf(content: unknown): void {
    this.requireParent().insertContent(this, content);
  }

  replaceWith(content: unknown): void {
    const parent = this.requireParent();
    const { next } = this;
    parent.removeNode(this);
    parent.insertContent(next, content);
  }

  /** XML text. @param options SaveOptions */
  toXml(options: number = SaveOptions.None): string {
    const indented = (options & SaveOptions.DisableFormatting) === 0;
    const writer = new XmlTextWriter(indented, (options & SaveOptions.OmitDuplicateNamespaces) !== 0);
    this.writeContentTo(writer);
    return writer.text;
  }

  /** What ToString() writes: the node itself, of a document its nodes. */
  protected writeContentTo(writer: XmlTextWriter): void {
    this.writeTo(writer);
  }

  override toText(): string {
    return this.toXml();
  }
}

/** Position of a node in document order relative to another: negative, zero, positive. undefined when they share no tree. */
export function documentOrder(a: XNode, b: XNode): number | undefined {
  if (a === b) return 0;
  const [above, below] = [pathTo(a), pathTo(b)];
  if (above[0] !== below[0]) return undefined;
  let i = 1;
  while (i < above.length && i < below.length && above[i] === below[i]) i++;
  if (i === above.length || i === below.length) return above.length - below.length;
  for (let node: XNode | null = above[i] as XNode; node; node = node.next) if (node === below[i]) return -1;
  return 1;
}

function pathTo(node: XObject): XObject[] {
  const path: XObject[] = [];
  for (let at: XObject | null = node; at; at = at.parent) path.push(at);
  return path.reverse();
}
