/** XText and XCData. */
import { hashObject } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import type { XmlTextWriter } from "./xml-writer.ts";
import { XNode } from "./xnode.ts";

export class XText extends XNode {
  value: string;

  constructor(value: string) {
    super();
    this.value = value;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XText");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.Text;
  }

  override get text(): string {
    return this.value;
  }

  override cloneNode(): XText {
    return new XText(this.value);
  }

  override deepEquals(other: XNode): boolean {
    return other instanceof XText && other.nodeType === this.nodeType && other.value === this.value;
  }

  override deepHash(): number {
    return hashObject(this.value);
  }

  override writeTo(writer: XmlTextWriter): void {
    writer.writeText(this.value);
  }
}

export class XCData extends XText {
  override get type(): Type {
    return type("System.Xml.Linq.XCData");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.CDATA;
  }

  override cloneNode(): XCData {
    return new XCData(this.value);
  }

  override writeTo(writer: XmlTextWriter): void {
    writer.writeCData(this.value);
  }
}
