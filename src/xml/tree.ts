/** The tree that the policy XML reader makes. Offsets count in the text that was read; SourceText turns them into places of the author's file. */

export interface XmlElement {
  readonly kind: "element";
  readonly name: string;
  /** Of the `<` of the start tag. */
  readonly start: number;
  /** After the `>` of the end tag. */
  readonly end: number;
  readonly attributes: readonly XmlAttribute[];
  /** Elements and texts (CDATA included) in order; comments and processing instructions are dropped. */
  readonly children: readonly (XmlElement | XmlText)[];
  /** The comments right before the element, with nothing but blanks between. */
  readonly comments: readonly string[];
  /** Between the tags: start after the start tag's `>`, end at `</`; equal for an empty element. The raw markup is text.slice(contentStart, contentEnd). */
  readonly contentStart: number;
  readonly contentEnd: number;
}

export interface XmlAttribute {
  readonly name: string;
  /** Of the name. */
  readonly start: number;
  readonly value: XmlValue;
}

export interface XmlText {
  readonly kind: "text";
  readonly value: XmlValue;
  readonly isCdata: boolean;
}

/** An attribute value or a text node. */
export interface XmlValue {
  /** Entities decoded, newlines kept. For a value that is an expression: the whole `@(...)` decoded. */
  readonly text: string;
  /** Present when the whole value, blanks aside, is one expression. */
  readonly expression: XmlExpression | undefined;
  readonly start: number;
  readonly end: number;
  /** Source offset of a character of `text`. */
  at(index: number): number;
}

export interface XmlExpression {
  readonly kind: "expr" | "block";
  /** Between the brackets, entities decoded. */
  readonly code: string;
  /** Source offset of the `@`. */
  readonly start: number;
  /** Source offset of a character of `code`. */
  at(index: number): number;
}
