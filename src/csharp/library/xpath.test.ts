/** XPath 1.0 over XLinq trees, and XmlDocument through C# expressions. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { evaluateCase } from "../evaluate.ts";
import { refill } from "../runtime/budget.ts";
import { CsException } from "../runtime/values.ts";
import { XAttribute } from "./xattribute.ts";
import { parseXDocument } from "./xdocument.ts";
import { XElement } from "./xelement.ts";
import { evaluateXPath, selectNodes } from "./xpath.ts";
import { asText } from "./xpath-values.ts";

// Calls from outside an expression spend from the account of whatever was evaluated last.
beforeEach(() => {
  refill();
});

const shop = parseXDocument(`<shop xmlns:p='urn:p' name='S'>
  <book id='b1' lang='en'><title>One</title><price>10</price></book>
  <book id='b2'><title>Two</title><price>20.5</price><p:note>n</p:note></book>
  <!--c--><?pi data?>
  <box><book id='b3'><title>Three</title><price>5</price></book></box>
</shop>`);

const prefixes = (prefix: string) => (prefix === "q" ? "urn:p" : undefined);

/** What a path selects: ids of books, names of other elements, text otherwise. */
function select(path: string): string {
  const nodes = selectNodes(shop, path, prefixes);
  const label = (e: XElement) => e.attributes.find((a) => a.name.local === "id")?.value ?? e.name.local;
  return nodes
    .map((n) => (n instanceof XElement ? label(n) : n instanceof XAttribute ? `@${n.value}` : asText([n])))
    .join(" ");
}

test("paths", () => {
  const cases: [path: string, found: string][] = [
    ["/shop/book", "b1 b2"],
    ["//book", "b1 b2 b3"],
    ["shop/*", "b1 b2 box"],
    ["//book[1]", "b1 b3"],
    ["(//book)[last()]", "b3"],
    ["//book[position() > 1]", "b2"],
    ["//book[@lang]", "b1"],
    ["//book[@id='b2']/title/text()", "Two"],
    ["//book[price > 9]/@id", "@b1 @b2"],
    ["//book[price > 9 and not(@lang)]", "b2"],
    ["//book[title='One' or title='Three']", "b1 b3"],
    ["//*[local-name()='note']", "note"],
    ["//q:note", "note"],
    ["//q:*", "note"],
    ["//note", ""],
    ["//book[contains(title, 'T')]", "b2 b3"],
    ["//book[starts-with(@id, 'b') and string-length(title) = 3]", "b1 b2"],
    ["//title/..", "b1 b2 b3"],
    ["//book[3] | //book[@id='b3'] | //book[@id='b1']", "b1 b3"],
    ["//book[@id='b2']/preceding-sibling::*", "b1"],
    ["//book[@id='b1']/following-sibling::*[1]", "b2"],
    ["//book[@id='b3']/ancestor::*", "shop box"],
    ["//book[@id='b3']/ancestor::*[1]", "box"],
    ["//box/preceding::title", "title title"],
    ["//book[@id='b1']/following::book", "b2 b3"],
    ["/shop/comment()", "c"],
    ["/shop/processing-instruction('pi')", "data"],
    ["//book[count(*) = 3]", "b2"],
    [".//book/self::node()[title]/child::price", "price price price"],
  ];
  for (const [path, found] of cases) assert.equal(select(path), found, path);
});

test("values", () => {
  const cases: [path: string, value: string | number | boolean][] = [
    ["count(//book)", 3],
    ["sum(//price)", 35.5],
    ["string(//book[2]/title)", "Two"],
    ["concat('a', 1 + 2 * 3, true())", "a7true"],
    ["7 mod 3 - -1", 2],
    ["10 div 4", 2.5],
    ["1 < 2 and 2 >= 2", true],
    ["//price = 5", true],
    ["//price != 5", true],
    ["not(//missing)", true],
    ["substring('12345', 2, 3)", "234"],
    ["substring('12345', 1.5, 2.6)", "234"],
    ["substring-before('a=b', '=')", "a"],
    ["substring-after('a=b', '=')", "b"],
    ["normalize-space('  a   b ')", "a b"],
    ["translate('bar', 'abc', 'AB')", "BAr"],
    ["name(//q:note)", "p:note"],
    ["namespace-uri(//q:note)", "urn:p"],
    ["round(2.5) + floor(1.9) + ceiling(1.1)", 6],
    ["number('x') = number('x')", false],
  ];
  for (const [path, value] of cases) assert.equal(evaluateXPath(shop, path, prefixes), value, path);
  assert.equal(asText(1e21), "1000000000000000000000");
  assert.equal(asText(-1.5e-7), "-0.00000015");
  assert.deepEqual(selectNodes(shop.root as XElement, "/"), [shop]);
});

test("malformed paths", () => {
  const failure = (path: string) => {
    try {
      selectNodes(shop, path);
    } catch (error) {
      assert.ok(error instanceof CsException, String(error));
      return `${error.typeName}: ${error.message}`;
    }
    return assert.fail(path);
  };
  assert.equal(failure("//book["), "System.Xml.XPath.XPathException: '//book[' has an invalid token.");
  assert.match(failure("//q:note"), /Namespace Manager or XsltContext needed/);
  assert.match(failure("count(//book)"), /must evaluate to a node-set/);
  assert.match(failure(`${"(".repeat(10_000)}1`), /too complex/);
  assert.match(failure(`a${"[a".repeat(10_000)}`), /too complex/);
});

function run(code: string): string {
  const answer = evaluateCase({ id: code, expr: `@{ var d = new System.Xml.XmlDocument(); ${code} }` }, {});
  if (answer.compileError) return answer.compileError[0].message;
  if (answer.exception) return `${answer.exception.type}: ${answer.exception.message}`;
  return typeof answer.value === "string" ? answer.value : JSON.stringify(answer.value);
}

test("XmlDocument", () => {
  const load = `d.LoadXml("<?xml version='1.0'?><a x='1'><b>t</b><p:c xmlns:p='urn:p'>u</p:c><b/></a>");`;
  const cases: [code: string, value: string][] = [
    ['return d.DocumentElement.SelectSingleNode("/a/b").InnerText;', "t"],
    ["return d.OuterXml;", '<?xml version="1.0"?><a x="1"><b>t</b><p:c xmlns:p="urn:p">u</p:c><b /></a>'],
    ["return d.DocumentElement.InnerXml;", '<b>t</b><p:c xmlns:p="urn:p">u</p:c><b />'],
    ['return d.SelectSingleNode("//zzz") == null;', "true"],
    ['return d.SelectNodes("//b").Count + d.GetElementsByTagName("p:c").Count;', "3"],
    [
      'var m = new System.Xml.XmlNamespaceManager(d.NameTable); m.AddNamespace("q", "urn:p"); return d.SelectSingleNode("//q:c", m).Name;',
      "p:c",
    ],
    [
      'var r = ""; foreach (System.Xml.XmlNode n in d.DocumentElement.ChildNodes) r += n.LocalName + n.NodeType; return r;',
      "bElementcElementbElement",
    ],
    [
      'return d["a"]["b"].InnerText + d.DocumentElement.GetAttribute("x") + d.DocumentElement.Attributes["x"].Value;',
      "t11",
    ],
    ["return d.DocumentElement.FirstChild.NextSibling.ParentNode == d.DocumentElement;", "true"],
    [
      'var e = d.CreateElement("n"); e.InnerText = "<"; d.DocumentElement.AppendChild(e); return d.DocumentElement.LastChild.OuterXml;',
      "<n>&lt;</n>",
    ],
    [
      'd.DocumentElement.RemoveChild(d.SelectSingleNode("//b")); d.DocumentElement.SetAttribute("x", "2"); return d.DocumentElement.FirstChild.Name + d.DocumentElement.GetAttribute("x");',
      "p:c2",
    ],
    [
      "return JsonConvert.SerializeXmlNode(d);",
      '{"?xml":{"@version":"1.0"},"a":{"@x":"1","b":["t",null],"p:c":{"@xmlns:p":"urn:p","#text":"u"}}}',
    ],
    ['return JsonConvert.DeserializeXmlNode("{a:{b:1}}").OuterXml;', "<a><b>1</b></a>"],
    ['d.LoadXml("<a>"); return 1;', "System.Xml.XmlException: Data at the root level is invalid. Line 1, position 1."],
  ];
  for (const [code, value] of cases) assert.equal(run(load + code), value, code);
});
