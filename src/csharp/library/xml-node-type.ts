/** System.Xml.XmlNodeType, as far as trees have it. */
export const XmlNodeType = {
  None: 0,
  Element: 1,
  Attribute: 2,
  Text: 3,
  CDATA: 4,
  EntityReference: 5,
  ProcessingInstruction: 7,
  Comment: 8,
  Document: 9,
  DocumentType: 10,
  DocumentFragment: 11,
  Whitespace: 13,
  SignificantWhitespace: 14,
  XmlDeclaration: 17,
} as const;

export type XmlNodeType = (typeof XmlNodeType)[keyof typeof XmlNodeType];

/** Name of a node type, as messages show it. */
export function nodeTypeName(nodeType: XmlNodeType): string {
  return Object.entries(XmlNodeType).find(([, value]) => value === nodeType)?.[0] ?? "";
}
