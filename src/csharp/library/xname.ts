/** XName and XNamespace. Equal by value: names of hostile documents are not kept in a table. */
import { hashObject } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import { checkNCName, XML_NAMESPACE, XMLNS_NAMESPACE } from "./xml-characters.ts";

export class XNamespace extends CsObject {
  readonly uri: string;

  private constructor(uri: string) {
    super();
    this.uri = uri;
  }

  static readonly none = new XNamespace("");
  static readonly xml = new XNamespace(XML_NAMESPACE);
  static readonly xmlns = new XNamespace(XMLNS_NAMESPACE);

  static get(uri: string): XNamespace {
    if (uri === "") return XNamespace.none;
    if (uri === XML_NAMESPACE) return XNamespace.xml;
    return uri === XMLNS_NAMESPACE ? XNamespace.xmlns : new XNamespace(uri);
  }

  override get type(): Type {
    return type("System.Xml.Linq.XNamespace");
  }

  override toText(): string {
    return this.uri;
  }

  override equals(other: unknown): boolean {
    return other instanceof XNamespace && other.uri === this.uri;
  }

  override hash(): number {
    return hashObject(this.uri);
  }

  /** The name in this namespace. Throws XmlException for a malformed local name. */
  name(local: string | null): XName {
    if (local === null) throw argumentNull("localName");
    return XName.of(local, this);
  }
}

export class XName extends CsObject {
  readonly local: string;
  readonly namespace: XNamespace;

  private constructor(local: string, namespace: XNamespace) {
    super();
    this.local = local;
    this.namespace = namespace;
  }

  /** Throws XmlException for a malformed local name. */
  static of(local: string, namespace: XNamespace): XName {
    checkNCName(local);
    return new XName(local, namespace);
  }

  /** A name that a reader has checked. */
  static checked(local: string, namespace: XNamespace): XName {
    return new XName(local, namespace);
  }

  /** `{namespace}local` or `local`. */
  static parse(expanded: string): XName {
    if (expanded[0] !== "{") {
      if (expanded === "") throw invalidName(expanded);
      return XName.of(expanded, XNamespace.none);
    }
    const end = expanded.lastIndexOf("}");
    if (end <= 1 || end === expanded.length - 1) throw invalidName(expanded);
    return XName.of(expanded.slice(end + 1), XNamespace.get(expanded.slice(1, end)));
  }

  get uri(): string {
    return this.namespace.uri;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XName");
  }

  override toText(): string {
    return this.uri === "" ? this.local : `{${this.uri}}${this.local}`;
  }

  same(other: XName): boolean {
    return other === this || (other.local === this.local && other.uri === this.uri);
  }

  override equals(other: unknown): boolean {
    return other instanceof XName && this.same(other);
  }

  override hash(): number {
    return hashObject(this.local) ^ hashObject(this.uri);
  }
}

function invalidName(expanded: string) {
  return argument(`'${expanded}' is an invalid expanded name.`);
}

function equal(a: XName | XNamespace | null, b: unknown): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function requireText(text: string | null, parameter: string): string {
  if (text === null) throw argumentNull(parameter);
  return text;
}

implement("System.Xml.Linq.XName", {
  "Get(string)": (expanded: string | null) => XName.parse(requireText(expanded, "expandedName")),
  "Get(string,string)": (local: string | null, uri: string | null) =>
    XNamespace.get(requireText(uri, "namespaceName")).name(local),
  LocalName: (self: XName) => self.local,
  Namespace: (self: XName) => self.namespace,
  NamespaceName: (self: XName) => self.uri,
  "Equals(object)": (self: XName, other: unknown) => self.equals(other),
  "GetHashCode()": (self: XName) => self.hash(),
  "ToString()": (self: XName) => self.toText(),
  "op_Implicit(string):XName": (expanded: string | null) => (expanded === null ? null : XName.parse(expanded)),
  "op_Equality(XName,XName)": equal,
  "op_Inequality(XName,XName)": (a: XName | null, b: XName | null) => !equal(a, b),
});

implement("System.Xml.Linq.XNamespace", {
  None: () => XNamespace.none,
  Xml: () => XNamespace.xml,
  Xmlns: () => XNamespace.xmlns,
  "Get(string)": (uri: string | null) => XNamespace.get(requireText(uri, "namespaceName")),
  NamespaceName: (self: XNamespace) => self.uri,
  "GetName(string)": (self: XNamespace, local: string | null) => self.name(local),
  "Equals(object)": (self: XNamespace, other: unknown) => self.equals(other),
  "GetHashCode()": (self: XNamespace) => self.hash(),
  "ToString()": (self: XNamespace) => self.uri,
  "op_Addition(XNamespace,string)": (ns: XNamespace | null, local: string | null) => {
    if (ns === null) throw argumentNull("ns");
    return ns.name(local);
  },
  "op_Implicit(string):XNamespace": (uri: string | null) => (uri === null ? null : XNamespace.get(uri)),
  "op_Equality(XNamespace,XNamespace)": equal,
  "op_Inequality(XNamespace,XNamespace)": (a: XNamespace | null, b: XNamespace | null) => !equal(a, b),
});
