/** XLinq through C# expressions: making, reading, changing and writing trees. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";

function run(expr: string): string {
  const answer = evaluateCase({ id: expr, expr }, {});
  if (answer.compileError) return `${answer.compileError[0].code}: ${answer.compileError[0].message}`;
  if (answer.exception) return `${answer.exception.type.replace(/^.*\./, "")}: ${answer.exception.message}`;
  return answer.value === null
    ? "null"
    : typeof answer.value === "string"
      ? answer.value
      : JSON.stringify(answer.value);
}

function table(cases: readonly (readonly [expr: string, result: string])[]): void {
  for (const [expr, result] of cases) assert.equal(run(expr), result, expr);
}

/** An expression about `x`, which is the text as an element. */
const on = (xml: string, expr: string) => `@{ var x = XElement.Parse("${xml}"); return ${expr}; }`;
/** Statements about `x`, of which the XML is returned without line breaks. */
const after = (xml: string, statements: string) =>
  `@{ var x = XElement.Parse("${xml}"); ${statements} return x.ToString(SaveOptions.DisableFormatting); }`;

test("how trees are written", () => {
  table([
    [on("<a><b>1</b><b>2</b></a>", "x.ToString()"), "<a>\n  <b>1</b>\n  <b>2</b>\n</a>"],
    [on("<a><b/>t<c><d/></c></a>", "x.ToString()"), "<a>\n  <b />t<c><d /></c></a>"],
    [on("<a></a>", "x.ToString()"), "<a></a>"],
    ['new XElement("a", "").ToString() + new XElement("a", null)', "<a></a><a />"],
    ['new XElement("a", "x<y&z>\\"\'").ToString()', "<a>x&lt;y&amp;z&gt;\"'</a>"],
    ['new XElement("a", "1\\n2\\r\\t").ToString()', "<a>1\n2\n\t</a>"],
    ['new XElement("a", new XAttribute("b", "<\\"&\\n")).ToString()', '<a b="&lt;&quot;&amp;&#xA;" />'],
    [
      'new XElement("a", new XCData("a]]>b"), new XComment("a--b-")).ToString()',
      "<a><![CDATA[a]]]]><![CDATA[>b]]><!--a- -b- --></a>",
    ],
    [
      'new XElement("a", new XComment("c"), new XProcessingInstruction("t","d")).ToString()',
      "<a>\n  <!--c-->\n  <?t d?>\n</a>",
    ],
    [
      'new XElement("a", "\\u0001").ToString()',
      "ArgumentException: '\u0001', hexadecimal value 0x01, is an invalid character.",
    ],
    [
      'new XDocument(new XDeclaration("1.0","utf-8","yes"), new XComment("c"), new XElement("a")).ToString()',
      "<!--c-->\n<a />",
    ],
    [
      '@{ var w = new StringWriter(); new XDocument(new XDeclaration("1.0",null,"yes"), new XElement("a")).Save(w); return w.ToString(); }',
      '<?xml version="1.0" encoding="utf-16" standalone="yes"?>\n<a />',
    ],
  ]);
});

test("namespaces", () => {
  const ns = 'XNamespace ns = "urn:x";';
  table([
    [
      `@{ ${ns} return new XElement(ns + "a", new XElement(ns + "b", 1)).ToString(SaveOptions.DisableFormatting); }`,
      '<a xmlns="urn:x"><b>1</b></a>',
    ],
    [
      `@{ ${ns} return new XElement("a", new XElement(ns + "b")).ToString(SaveOptions.DisableFormatting); }`,
      '<a><b xmlns="urn:x" /></a>',
    ],
    [
      `@{ ${ns} return new XElement(ns + "a", new XAttribute(XNamespace.Xmlns + "p", "urn:x"), new XElement(ns + "b"), new XElement("c")).ToString(SaveOptions.DisableFormatting); }`,
      '<p:a xmlns:p="urn:x"><p:b /><c /></p:a>',
    ],
    [
      `@{ ${ns} return new XElement(ns + "a", new XElement("c")).ToString(SaveOptions.DisableFormatting); }`,
      '<a xmlns="urn:x"><c xmlns="" /></a>',
    ],
    [`@{ ${ns} return new XElement("a", new XAttribute(ns + "b", 1)).ToString(); }`, '<a p1:b="1" xmlns:p1="urn:x" />'],
    [
      'new XElement("a", new XAttribute("xmlns", "urn:x")).ToString()',
      "XmlException: The prefix '' cannot be redefined from '' to 'urn:x' within the same start element tag.",
    ],
    [on("<p:a xmlns:p='urn:x'><p:b/></p:a>", "x.Elements().First().ToString()"), '<p:b xmlns:p="urn:x" />'],
    [
      on(
        "<p:a xmlns:p='urn:x'/>",
        'x.GetPrefixOfNamespace("urn:x") + x.GetNamespaceOfPrefix("p") + x.GetDefaultNamespace()',
      ),
      "purn:x",
    ],
    [on("<a xmlns='urn:x'><b/></a>", 'x.Element("b")'), "null"],
    [on("<a xmlns='urn:x'><b/></a>", 'x.Element("{urn:x}b").Name.ToString() + x.Name.LocalName'), "{urn:x}ba"],
    [
      'new XAttribute(XNamespace.Xmlns + "p", "")',
      "ArgumentException: The prefix 'p' cannot be bound to the empty namespace name.",
    ],
    ['XName.Get("{urn:x}a").NamespaceName + XName.Get("a", "urn:y")', "urn:x{urn:y}a"],
    ['XName.Get("a b")', "XmlException: The ' ' character, hexadecimal value 0x20, cannot be included in a name."],
    ['XName.Get("{x}")', "ArgumentException: '{x}' is an invalid expanded name."],
  ]);
});

test("content becomes text as XmlConvert writes it", () => {
  table([
    ["new XElement(\"a\", 1.0, 1.10m, 'c', true, DayOfWeek.Friday).Value", "11.10ctrueFriday"],
    ['new XElement("a", double.PositiveInfinity).Value + new XElement("a", double.NaN).Value', "INFNaN"],
    ['new XElement("a", new DateTime(2024,1,2,3,4,5,DateTimeKind.Utc)).Value', "2024-01-02T03:04:05Z"],
    ['new XElement("a", new DateTimeOffset(2024,1,2,3,4,5,TimeSpan.FromHours(2))).Value', "2024-01-02T03:04:05+02:00"],
    ['new XElement("a", TimeSpan.FromMinutes(1530.5)).Value', "P1DT1H30M30S"],
    ['new XElement("a", new[]{1,2}.Select(i => new XElement("i", i)), null, "t").Nodes().Count()', "3"],
    ['new XElement("a", new XElement("b"), "x", "y").Nodes().Count()', "2"],
    ['new XAttribute("a", new XElement("b"))', "ArgumentException: An XObject cannot be used as a value."],
    [
      'new XElement("a", new XAttribute("x", 1), new XAttribute("x", 2))',
      "InvalidOperationException: Duplicate attribute.",
    ],
    ['new XElement("a", new XDocument())', "ArgumentException: A node of type Document cannot be added to content."],
    ['new XDocument("t")', "ArgumentException: Non-whitespace characters cannot be added to content."],
    [
      'new XDocument(new XElement("a"), new XElement("b"))',
      "InvalidOperationException: This operation would create an incorrectly structured document.",
    ],
  ]);
});

test("conversions", () => {
  table([
    [on("<a>TRUE</a>", "(bool)x"), "true"],
    [on("<a>yes</a>", "(bool)x"), "FormatException: The string 'yes' is not a valid Boolean value."],
    [on("<a>x</a>", "(int)x"), "FormatException: The input string 'x' was not in a correct format."],
    [on("<a>99999999999</a>", "(int)x"), "OverflowException: Value was either too large or too small for an Int32."],
    [on("<a> 5 </a>", "(int)x + (long)x + (int?)x"), "15"],
    [on("<a>-INF</a>", "(double)x"), "-Infinity"],
    [on("<a>1.50</a>", "(decimal)x"), "1.50"],
    [on("<a>PT1H30M</a>", "(TimeSpan)x"), "01:30:00"],
    [on("<a>2024-01-02T03:04:05Z</a>", "((DateTime)x).Kind"), "Utc"],
    [on("<a/>", '(int)x.Element("z")'), "ArgumentNullException: Value cannot be null. (Parameter 'element')"],
    [on("<a/>", '(int?)x.Element("z")'), "null"],
    [on("<a/>", '(string)x.Attribute("z")'), "null"],
    [on("<a z='7'/>", '(int)x.Attribute("z")'), "7"],
  ]);
});

test("axes", () => {
  const xml = "<a><b i='1'><c/></b><b i='2'><c/>t</b></a>";
  table([
    [on(xml, 'x.Elements("b").Attributes("i").Select(a => a.Value)'), '["1","2"]'],
    [on(xml, 'x.Elements("b").Elements("c").Count() + x.Descendants("c").Count()'), "4"],
    [on(xml, "x.DescendantsAndSelf().Select(e => e.Name.LocalName)"), '["a","b","c","b","c"]'],
    [on(xml, 'x.Descendants("c").First().Ancestors().Select(e => e.Name.LocalName)'), '["b","a"]'],
    [on(xml, "x.DescendantNodes().OfType<XText>().Single().Value"), "t"],
    [on(xml, 'x.Element("b").ElementsAfterSelf().Single().Attribute("i").Value'), "2"],
    [on(xml, "x.Elements().Reverse().InDocumentOrder().First().FirstAttribute.ToString()"), 'i="1"'],
    [on(xml, "x.Elements().Last().IsAfter(x.Elements().First())"), "true"],
    [on(xml, "x.Value + x.HasElements + x.Elements().First().HasAttributes"), "tTrueTrue"],
    [on("<a/>", "x.Elements((XName)null).Count()"), "0"],
    ['XDocument.Parse("<a><b/></a>").Root.Document.Descendants().Count()', "2"],
  ]);
});

test("changing a tree", () => {
  table([
    [after("<a><b>1</b><c/></a>", 'x.Element("b").Remove(); x.Add(new XElement("d"));'), "<a><c /><d /></a>"],
    [
      after("<a><b/></a>", 'x.Element("b").AddAfterSelf("t", new XElement("n")); x.AddFirst(1);'),
      "<a>1<b />t<n /></a>",
    ],
    [after("<a>x<b/></a>", 'x.Element("b").AddBeforeSelf("y");'), "<a>xy<b /></a>"],
    [after("<a><b/></a>", 'x.Element("b").ReplaceWith(new XElement("c"), "t");'), "<a><c />t</a>"],
    [after("<a><b/><b/><c/></a>", 'x.Elements("b").Remove();'), "<a><c /></a>"],
    [after("<a x='1' y='2'/>", 'x.Attributes().Remove(); x.SetAttributeValue("z", true);'), '<a z="true" />'],
    [
      after("<a x='1'/>", 'x.SetAttributeValue("x", null); x.SetElementValue("b", 5); x.SetElementValue("b", 6);'),
      "<a><b>6</b></a>",
    ],
    [after("<a><b/></a>", "x.RemoveNodes();"), "<a />"],
    [after("<a>t</a>", 'x.Value = "";'), "<a></a>"],
    [after("<a><b>1</b></a>", 'x.ReplaceNodes(x.Elements(), new XElement("c"));'), "<a><b>1</b><c /></a>"],
    [after("<a/>", 'x.Add(x); x.Element("a").Name = "b";'), "<a><b /></a>"],
    [after("<a/>", 'var b = new XElement("b"); x.Add(b); x.Add(b); b.Value = "1";'), "<a><b>1</b><b /></a>"],
    ['XElement.Parse("<a/>").NextNode', "null"],
    ['@{ new XElement("a").Remove(); return 1; }', "InvalidOperationException: The parent is missing."],
    ['XNode.DeepEquals(XElement.Parse("<a><b/></a>"), XElement.Parse("<a> <b/> </a>"))', "true"],
    ['XNode.DeepEquals(XElement.Parse("<a/>"), XElement.Parse("<a></a>"))', "false"],
  ]);
});

test("cloning again and again runs out of fuel, not of memory", () => {
  const expr =
    '@{ var x = new XElement("a"); for (int i = 0; i < 60; i++) x = new XElement("a", x, x); return x.ToString(); }';
  assert.equal(evaluateCase({ id: "", expr }, {}).timeout, true);
});
