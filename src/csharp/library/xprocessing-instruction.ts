/** XProcessingInstruction. */
import { hashObject } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { argument } from "./exceptions-thrown.ts";
import { checkNCName } from "./xml-characters.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import type { XmlTextWriter } from "./xml-writer.ts";
import { XNode } from "./xnode.ts";

export class XProcessingInstruction extends XNode {
  target: string;
  data: string;

  constructor(target: string, data: string) {
    super();
    checkTarget(target);
    this.target = target;
    this.data = data;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XProcessingInstruction");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.ProcessingInstruction;
  }

  override cloneNode(): XProcessingInstruction {
    return new XProcessingInstruction(this.target, this.data);
  }

  override deepEquals(other: XNode): boolean {
    return other instanceof XProcessingInstruction && other.target === this.target && other.data === this.data;
  }

  override deepHash(): number {
    return hashObject(this.target) ^ hashObject(this.data);
  }

  override writeTo(writer: XmlTextWriter): void {
    writer.writeProcessingInstruction(this.target, this.data);
  }
}

/** Throws unless the name may be that of a processing instruction; `xml` may not. */
export function checkTarget(target: string): void {
  checkNCName(target);
  if (target.toLowerCase() === "xml") throw argument(`'${target}' is an invalid name for a processing instruction.`);
}
