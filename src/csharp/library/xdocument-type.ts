/** XDocumentType: `<!DOCTYPE name PUBLIC "id" "uri" [subset]>`. */
import { hashObject } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import type { XmlTextWriter } from "./xml-writer.ts";
import { XNode } from "./xnode.ts";

export class XDocumentType extends XNode {
  name: string;
  publicId: string | null;
  systemId: string | null;
  internalSubset: string | null;

  constructor(name: string, publicId: string | null, systemId: string | null, internalSubset: string | null) {
    super();
    this.name = name;
    this.publicId = publicId;
    this.systemId = systemId;
    this.internalSubset = internalSubset;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XDocumentType");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.DocumentType;
  }

  override cloneNode(): XDocumentType {
    return new XDocumentType(this.name, this.publicId, this.systemId, this.internalSubset);
  }

  override deepEquals(other: XNode): boolean {
    return (
      other instanceof XDocumentType &&
      other.name === this.name &&
      other.publicId === this.publicId &&
      other.systemId === this.systemId &&
      other.internalSubset === this.internalSubset
    );
  }

  override deepHash(): number {
    return (
      hashObject(this.name) ^ hashObject(this.publicId) ^ hashObject(this.systemId) ^ hashObject(this.internalSubset)
    );
  }

  override writeTo(writer: XmlTextWriter): void {
    writer.writeDocType(this.name, this.publicId, this.systemId, this.internalSubset);
  }
}
