/** The XML reader: well-formedness errors as .NET words and places them, entities, bounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CsException } from "../runtime/values.ts";
import { parseXDocument, parseXElement } from "./xdocument.ts";
import { LoadOptions } from "./xml-tree.ts";

function failure(text: string): string {
  try {
    parseXDocument(text);
  } catch (error) {
    assert.ok(error instanceof CsException, String(error));
    assert.equal(error.typeName, "System.Xml.XmlException");
    return error.message;
  }
  return assert.fail(`${text} was read`);
}

test("errors", () => {
  const cases: [text: string, message: string][] = [
    ["", "Root element is missing."],
    ["<a>", "Data at the root level is invalid. Line 1, position 1."],
    ["x", "Data at the root level is invalid. Line 1, position 1."],
    ["\ufeff<a/>", "Data at the root level is invalid. Line 1, position 1."],
    ["<a/><b/>", "There are multiple root elements. Line 1, position 6."],
    ["<abc>", "Unexpected end of file has occurred. The following elements are not closed: abc. Line 1, position 6."],
    [
      "<a><b>x",
      "Unexpected end of file has occurred. The following elements are not closed: b, a. Line 1, position 8.",
    ],
    ["<a></b>", "The 'a' start tag on line 1 position 2 does not match the end tag of 'b'. Line 1, position 6."],
    [
      "<a>\n <b>\n</a>",
      "The 'b' start tag on line 2 position 3 does not match the end tag of 'a'. Line 3, position 3.",
    ],
    ["<a x=1/>", "'1' is an unexpected token. The expected token is '\"' or '''. Line 1, position 6."],
    ["<a x></a>", "'>' is an unexpected token. The expected token is '='. Line 1, position 5."],
    ["<a x='1'y='2'/>", "'y' is an unexpected token. Expecting whitespace. Line 1, position 9."],
    ["<a x='1' x='2'/>", "'x' is a duplicate attribute name. Line 1, position 10."],
    ["<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "'q:x' is a duplicate attribute name. Line 1, position 36."],
    ["<a x='<'/>", "'<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 7."],
    ["<a x='y", "There is an unclosed literal string. Line 1, position 8."],
    ["<a>&nope;</a>", "Reference to undeclared entity 'nope'. Line 1, position 5."],
    ["<a>x & y</a>", "An error occurred while parsing EntityName. Line 1, position 7."],
    ["<a>&x y</a>", "' ' is an unexpected token. The expected token is ';'. Line 1, position 6."],
    ["<a>&#0;</a>", "'.', hexadecimal value 0x00, is an invalid character. Line 1, position 6."],
    ["<a>\u0001</a>", "'\u0001', hexadecimal value 0x01, is an invalid character. Line 1, position 4."],
    ["<a>]]></a>", "']]>' is not allowed in character data. Line 1, position 4."],
    [
      "<a><!-- -- --></a>",
      "An XML comment cannot contain '--', and '-' cannot be the last character. Line 1, position 9.",
    ],
    ["<p:a/>", "'p' is an undeclared prefix. Line 1, position 2."],
    ["<1a></1a>", "Name cannot begin with the '1' character, hexadecimal value 0x31. Line 1, position 2."],
    ["<a$></a$>", "The '$' character, hexadecimal value 0x24, cannot be included in a name. Line 1, position 3."],
    ["</a>", "Unexpected end tag. Line 1, position 3."],
    ["<a/><!DOCTYPE a>", "DTD must be defined before the document root element. Line 1, position 7."],
    ["<?xml version='2.0'?><a/>", "Version number '2.0' is invalid. Line 1, position 16."],
  ];
  for (const [text, message] of cases) assert.equal(failure(text), message, text);
  assert.match(failure(" <?xml version='1.0'?><a/>"), /^Unexpected XML declaration\. .* Line 1, position 4\.$/);
});

test("entities of the internal subset are expanded, others are not loaded", () => {
  const subset = (declarations: string, content: string) => `<!DOCTYPE a [${declarations}]><a>${content}</a>`;
  assert.equal(parseXDocument(subset("<!ENTITY e 'x&#65;'>", "&e;&e;")).root?.value, "xAxA");
  assert.equal(
    parseXDocument(subset("<!ENTITY e '<b>1</b>'>", "&e;")).root?.toXml(LoadOptions.PreserveWhitespace),
    "<a><b>1</b></a>",
  );
  assert.equal(parseXDocument("<!DOCTYPE a [<!ENTITY e 'x'>]><a b='&e;'/>").root?.attributes[0].value, "x");
  assert.match(
    failure(subset("<!ENTITY e SYSTEM 'file:///etc/passwd'>", "&e;")),
    /^Cannot resolve entity reference 'e'\./,
  );
  assert.match(failure(subset("<!ENTITY e '&f;'><!ENTITY f '&e;'>", "&e;")), /references itself/);
  assert.match(failure(subset("<!ENTITY e '<b>'>", "&e;")), /not closed/);
});

test("a billion laughs stop early", () => {
  let declarations = "<!ENTITY e0 'ha'>";
  for (let i = 1; i < 40; i++) declarations += `<!ENTITY e${i} '&e${i - 1};&e${i - 1};&e${i - 1};&e${i - 1};'>`;
  assert.match(failure(`<!DOCTYPE a [${declarations}]><a>&e39;</a>`), /MaxCharactersFromEntities/);
});

test("256 levels are read, 257 are not", () => {
  assert.equal(parseXElement("<a>".repeat(256) + "</a>".repeat(256)).toXml(1).length, 256 * 7);
  assert.match(failure("<a>".repeat(100_000)), /^The elements nest deeper than 256\./);
});

test("a thousand namespaces are enough", () => {
  const declarations = Array.from({ length: 2_000 }, (_, i) => `xmlns:p${i}='u${i}'`).join(" ");
  assert.match(failure(`<a ${declarations}/>`), /^More than 1000 namespaces/);
});

test("line ends, references and white space in values", () => {
  assert.equal(parseXElement("<a>x\r\ny\rz</a>").value, "x\ny\nz");
  assert.equal(parseXElement("<a b='x\r\ny\tz&#10;&#x9;'/>").attributes[0].value, "x y z\n\t");
  assert.equal(parseXElement("<a> <b/> </a>").toXml(1), "<a><b /></a>");
  assert.equal(parseXElement("<a> <b/> </a>", LoadOptions.PreserveWhitespace).toXml(1), "<a> <b /> </a>");
  assert.equal(parseXElement("<a xml:space='preserve'> <b/> </a>").toXml(1), '<a xml:space="preserve"> <b /> </a>');
  assert.equal(parseXElement("<a>&lt;&#x1F600;<![CDATA[<&>]]></a>").value, "<😀<&>");
});

test("declaration and document type", () => {
  const document = parseXDocument(
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?><!DOCTYPE a PUBLIC 'p' 's' [<!ELEMENT a ANY>]><a/>",
  );
  assert.equal(document.declaration?.toText(), '<?xml version="1.0" encoding="utf-8" standalone="yes"?>');
  assert.equal(document.toText(), '<!DOCTYPE a PUBLIC "p" "s"[<!ELEMENT a ANY>]>\n<a />');
});
