import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SourceText } from "../base/source-text.ts";
import { readXml } from "./reader.ts";
import type { XmlElement, XmlExpression } from "./tree.ts";

function read(text: string): XmlElement {
  const { root, diagnostics } = readXml(new SourceText(text, "a.xml"));
  assert.deepEqual(diagnostics, [], text);
  assert.ok(root);
  return root;
}

function mistakes(text: string): string[] {
  return readXml(new SourceText(text, "a.xml")).diagnostics.map((d) => `${d.code}@${d.line}:${d.column}`);
}

function element(parent: XmlElement, index: number): XmlElement {
  return parent.children.filter((c): c is XmlElement => c.kind === "element")[index];
}

function attributeExpression(value: string, quote = '"'): XmlExpression | undefined {
  return read(`<a b=${quote}${value}${quote}/>`).attributes[0].value.expression;
}

test("well-formed XML", () => {
  const root = read(`<?xml version="1.0"?>
<!-- a -- comment -->
<policies id='x &lt;&#65;&#x42;>'>
  <inbound/>text &amp; more &copy;<![CDATA[<&amp;]]>
</policies>`);
  assert.equal(root.name, "policies");
  assert.equal(root.attributes[0].value.text, "x <AB>");
  assert.deepEqual(
    root.children.map((c) => (c.kind === "element" ? c.name : c.value.text.trim())),
    ["", "inbound", "text & more &copy;", "<&amp;", ""],
  );
});

test("offsets of elements, attributes, texts and their characters", () => {
  const text = '<a>\n  <b c="1&lt;2">x&amp;y</b></a>';
  const b = element(read(text), 0);
  assert.equal(text.slice(b.start, b.end), '<b c="1&lt;2">x&amp;y</b>');
  assert.equal(text.slice(b.contentStart, b.contentEnd), "x&amp;y");
  const { value, start } = b.attributes[0];
  assert.equal(text.slice(start, value.end), 'c="1&lt;2');
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => text.charAt(value.at(i))),
    ["1", "&", "2", '"'],
  );
  const [content] = b.children;
  assert.ok(content.kind === "text");
  assert.equal(text.charAt(content.value.at(2)), "y");
});

test("an expression may hold quotes, angle brackets and ampersands as they are", () => {
  assert.equal(attributeExpression('@(a["b"] < c && d > 1)')?.code, 'a["b"] < c && d > 1');
  assert.equal(attributeExpression("@(a[&quot;b&quot;] &lt; c &amp;&amp; d)")?.code, 'a["b"] < c && d');
  assert.equal(attributeExpression('@(a["b"] &lt; c && "&copy;")')?.code, 'a["b"] < c && "&copy;"');
  assert.equal(attributeExpression('@(a == \'x\' ? "y" : "\'")', "'")?.code, 'a == \'x\' ? "y" : "\'"');
  assert.equal(attributeExpression('\n @{ // it\'s "\n return ")"; /* ) */ } \n')?.kind, "block");
  assert.equal(attributeExpression('@(@"a""\\" + $"{x["y"]}{{" + $@"\n{z}""" + \'"\' + \')\')')?.code.length, 48);
  assert.equal(attributeExpression("@('JavaScript (string')")?.code, "'JavaScript (string'");
  assert.equal(attributeExpression(" text @(a)"), undefined);
  const text = read("<a>\r\n @(a < b)\u00a0\n</a>").children[0];
  assert.ok(text.kind === "text");
  assert.equal(text.value.expression?.code, "a < b");
});

test("an expression in a CDATA section is not decoded", () => {
  const [text] = read('<a><![CDATA[ @(b && "&amp;" < c) ]]></a>').children;
  assert.ok(text.kind === "text" && text.isCdata);
  assert.equal(text.value.expression?.code, 'b && "&amp;" < c');
  assert.equal(text.value.expression?.at(2), 17);
});

test("each character of an expression knows its place", () => {
  const source = '<a b="@(x &lt; &quot;y&quot; + z)"/>';
  const expression = read(source).attributes[0].value.expression;
  assert.ok(expression);
  assert.equal(expression.code, 'x < "y" + z');
  assert.equal(source.charAt(expression.start), "@");
  assert.deepEqual([...expression.code].map((_, i) => source.charAt(expression.at(i))).join(""), "x & &y& + z");
  assert.equal(source.charAt(expression.at(expression.code.length)), ")");
});

test("positions point into the original of a text with named values put in", () => {
  const original = new SourceText("<a b='{{n}}'\n c=>", "a.xml");
  const put = new SourceText("<a b='value'\n c=>", "a.xml", { original, origin: (o) => o });
  assert.deepEqual([readXml(put).diagnostics[0].line, readXml(put).diagnostics[0].column], [2, 4]);
  const moved = new SourceText("<a b='longer value'\n c=>", "a.xml", { original, origin: (o) => (o < 19 ? 6 : o - 7) });
  assert.deepEqual([readXml(moved).diagnostics[0].line, readXml(moved).diagnostics[0].column], [2, 4]);
});

test("loose snippets have several roots", () => {
  const { roots, diagnostics } = readXml(new SourceText("\ufeff<a/>\n<b/>\n"));
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    roots.map((r) => r.name),
    ["a", "b"],
  );
  assert.equal(readXml(new SourceText("")).root, undefined);
});

test("one clear error at the right place", () => {
  const cases: [string, string[]][] = [
    ["<a>", ["SP3001@1:1"]],
    ["<a>\n<b>\n</a>", ["SP3001@2:1"]],
    ["<a></b></a>", ["SP3006@1:4"]],
    ["<a/>text", ["SP3002@1:5"]],
    ["<a><!-- ", ["SP3003@1:4", "SP3001@1:1"]],
    ["<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", ["SP3004@1:1"]],
    ["<a>1 < 2</a>", ["SP3007@1:6"]],
    ['<a b="1" b="2"/>', ["SP3010@1:10"]],
    ["<a b/>", ["SP3012@1:4"]],
    ["<a b=c/>", ["SP3012@1:6"]],
    ['<a b="O="x", y"/>', ["SP3011@1:10"]],
    ['<a b="1>\n<c d="2"/></a>', ["SP3013@1:6"]],
    ['<a b="@(x" c="1"/>', ["SP3014@1:7"]],
    ['<a>\n<b c="@(f(x)" /><d e="@(y]"/></a>', ["SP3014@2:7", "SP3014@2:23"]],
    ["<a>@{ return (1; }</a>", ["SP3014@1:4"]],
    ["<a>@(x) and more</a>", ["SP3015@1:9"]],
    ['<a b="@(x)y"/>', ["SP3015@1:11"]],
    ["<a><b></b", ["SP3005@1:7", "SP3001@1:1"]],
    ["<a b='1'", ["SP3009@1:1", "SP3001@1:1"]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(mistakes(text), expected, text);
  const [open] = readXml(new SourceText('<a b="@(&quot;x\n"/>')).diagnostics;
  assert.match(open.hint ?? "", /line 1, column 9/);
});

test("depth and the number of mistakes are bounded", () => {
  assert.deepEqual(mistakes("<a>".repeat(256) + "</a>".repeat(256)), []);
  assert.deepEqual(mistakes("<a>".repeat(100_000)).slice(0, 1), ["SP3008@1:769"]);
  assert.ok(mistakes("<a>@(</a>".repeat(20_000)).length <= 101);
  assert.ok(mistakes(`<a ${'b="@(" '.repeat(20_000)}/>`).length <= 101);
  assert.ok(mistakes(`<a b="@(${"(".repeat(100_000)}"/>`).length > 0);
});

test("no input makes the reader throw, and element ranges stay inside their parents", () => {
  const piece = fc.constantFrom(
    "<a>",
    "</a>",
    "<b",
    " c=",
    '"',
    "'",
    "@(",
    "@{",
    ")",
    "}",
    ">",
    "/>",
    "<!--",
    "-->",
    "&lt;",
    "&",
    "x",
    "\n",
    "<![CDATA[",
    "]]>",
    "<?",
    '$"{',
    "//",
    "/*",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { roots } = readXml(new SourceText(pieces.join("")));
      const check = (parent: XmlElement) => {
        assert.ok(
          parent.start < parent.contentStart &&
            parent.contentStart <= parent.contentEnd &&
            parent.contentEnd <= parent.end,
        );
        for (const child of parent.children) {
          if (child.kind !== "element") continue;
          assert.ok(parent.contentStart <= child.start && child.end <= parent.contentEnd);
          check(child);
        }
      };
      roots.forEach(check);
    }),
    { numRuns: 3000 },
  );
});

test("comments right before an element are kept with it", () => {
  const root = read("<a><!-- 1 --> <!--2-->\n<b/><c/>text<!-- 3 --> x <d/><e><!--4--></e><f/></a>");
  const kept = root.children.filter((c) => c.kind === "element").map((c) => [c.name, ...c.comments]);
  assert.deepEqual(kept, [["b", " 1 ", "2"], ["c"], ["d"], ["e"], ["f"]]);
  assert.deepEqual(read("<!--0--><a/>").comments, ["0"]);
});
