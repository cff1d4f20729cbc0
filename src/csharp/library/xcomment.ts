/** XComment. */
import { hashObject } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import type { XmlTextWriter } from "./xml-writer.ts";
import { XNode } from "./xnode.ts";

export class XComment extends XNode {
  value: string;

  constructor(value: string) {
    super();
    this.value = value;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XComment");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.Comment;
  }

  override cloneNode(): XComment {
    return new XComment(this.value);
  }

  override deepEquals(other: XNode): boolean {
    return other instanceof XComment && other.value === this.value;
  }

  override deepHash(): number {
    return hashObject(this.value);
  }

  override writeTo(writer: XmlTextWriter): void {
    writer.writeComment(this.value);
  }
}
