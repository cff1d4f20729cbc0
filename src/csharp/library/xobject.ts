/** XObject: the base of nodes and attributes. */
import { CsObject } from "../runtime/values.ts";
import { invalidOperation } from "./exceptions-thrown.ts";
import { XmlNodeType } from "./xml-node-type.ts";

export abstract class XObject extends CsObject {
  /** Element or document that this is in. */
  parent: XObject | null = null;

  abstract get nodeType(): XmlNodeType;

  /** The parent as C# sees it: an element; null below a document. */
  get parentElement(): XObject | null {
    return this.parent?.nodeType === XmlNodeType.Element ? this.parent : null;
  }

  /** The outermost object. */
  get top(): XObject {
    let top: XObject = this;
    while (top.parent) top = top.parent;
    return top;
  }

  /** The document that this is in, if any. */
  get document(): XObject | null {
    const { top } = this;
    return top.nodeType === XmlNodeType.Document ? top : null;
  }
}

export function missingParent() {
  return invalidOperation("The parent is missing.");
}
