/** XDeclaration: `<?xml version="1.0" encoding="utf-8" standalone="yes"?>`. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";

export class XDeclaration extends CsObject {
  version: string | null;
  encoding: string | null;
  standalone: string | null;

  constructor(version: string | null, encoding: string | null, standalone: string | null) {
    super();
    this.version = version;
    this.encoding = encoding;
    this.standalone = standalone;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XDeclaration");
  }

  clone(): XDeclaration {
    return new XDeclaration(this.version, this.encoding, this.standalone);
  }

  override toText(): string {
    const part = (name: string, value: string | null) => (value === null ? "" : ` ${name}="${value}"`);
    return `<?xml${part("version", this.version)}${part("encoding", this.encoding)}${part("standalone", this.standalone)}?>`;
  }
}
