/** XML as JSON and JSON as XML by Json.NET's convention. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CsException } from "../runtime/values.ts";
import { xmlToJson } from "./json-from-xml.ts";
import { type JsonToXmlOptions, jsonToXml } from "./json-to-xml.ts";
import { parseXDocument, parseXElement } from "./xdocument.ts";
import { SaveOptions } from "./xnode.ts";

const toJson = (xml: string) => xmlToJson(parseXDocument(xml));
const toXml = (json: string, options?: JsonToXmlOptions) =>
  jsonToXml(json, options)?.toXml(SaveOptions.DisableFormatting);

test("XML as JSON", () => {
  const cases: [xml: string, json: string][] = [
    ["<a/>", '{"a":null}'],
    ["<a></a>", '{"a":""}'],
    ["<a>1</a>", '{"a":"1"}'],
    ["<a x='1'>t</a>", '{"a":{"@x":"1","#text":"t"}}'],
    ["<a><b>1</b><c/><b>2</b></a>", '{"a":{"b":["1","2"],"c":null}}'],
    ["<a>x<b/>y</a>", '{"a":{"#text":["x","y"],"b":null}}'],
    ["<a><![CDATA[<x>]]></a>", '{"a":{"#cdata-section":"<x>"}}'],
    ["<?xml version='1.0' encoding='utf-8'?><a/>", '{"?xml":{"@version":"1.0","@encoding":"utf-8"},"a":null}'],
    ["<!--c--><a><?t d?></a>", '{/*c*/"a":{"?t":"d"}}'],
    ["<p:a xmlns:p='urn:x' p:y='1'><p:b/></p:a>", '{"p:a":{"@xmlns:p":"urn:x","@p:y":"1","p:b":null}}'],
    ["<a xmlns='urn:x'><b/></a>", '{"a":{"@xmlns":"urn:x","b":null}}'],
    ["<a xmlns:json='http://james.newtonking.com/projects/json'><b json:Array='true'>1</b></a>", '{"a":{"b":["1"]}}'],
    ["<a_x0020_b/>", '{"a b":null}'],
  ];
  for (const [xml, json] of cases) assert.equal(toJson(xml), json, xml);
  assert.equal(xmlToJson(parseXElement("<a><b>1</b></a>"), false, true), '{"b":"1"}');
});

test("JSON as XML", () => {
  const cases: [json: string, xml: string, options?: JsonToXmlOptions][] = [
    ['{"a":null}', "<a />"],
    ['{"a":""}', "<a></a>"],
    ['{"a":{"@x":1,"#text":"t","b":[1,true,null,1.5]}}', '<a x="1">t<b>1</b><b>true</b><b /><b>1.5</b></a>'],
    ['{"a":{"b":[[1,2]]}}', "<a><b><b>1</b><b>2</b></b></a>"],
    ['{"a":"2024-01-02T03:04:05Z"}', "<a>2024-01-02T03:04:05Z</a>"],
    ['{"a":{"@xmlns":"urn:x","b":1}}', '<a xmlns="urn:x"><b>1</b></a>'],
    ['{"p:a":{"@xmlns:p":"urn:x","@p:y":"1"}}', '<p:a xmlns:p="urn:x" p:y="1" />'],
    ['{"a b":{"c/d":1}}', "<a_x0020_b><c_x002F_d>1</c_x002F_d></a_x0020_b>"],
    ['{"a":1,"b":2}', "<root><a>1</a><b>2</b></root>", { rootName: "root" }],
    ["{}", "<root />", { rootName: "root" }],
    ['{"a":{"@b":1}}', "<a><_x0040_b>1</_x0040_b></a>", { encodeSpecialCharacters: true }],
    [
      '{"a":{"b":[1]}}',
      '<a><b json:Array="true" xmlns:json="http://james.newtonking.com/projects/json">1</b></a>',
      { writeArrayAttribute: true },
    ],
  ];
  for (const [json, xml, options] of cases) assert.equal(toXml(json, options), xml, json);
  assert.equal(jsonToXml('{"?xml":{"@version":"1.0"},"a":1}')?.declaration?.toText(), '<?xml version="1.0"?>');
  assert.equal(jsonToXml("null"), null);
});

test("JSON that makes no document", () => {
  const failure = (json: string) => {
    try {
      jsonToXml(json);
    } catch (error) {
      assert.ok(error instanceof CsException, String(error));
      return error.message;
    }
    return assert.fail(json);
  };
  assert.equal(
    failure("[1]"),
    "XmlNodeConverter can only convert JSON that begins with an object. Path '', line 1, position 1.",
  );
  assert.match(
    failure('{"a":1,"b":2}'),
    /^JSON root object has multiple properties\. .* Path 'b', line 1, position 11\.$/,
  );
  assert.match(failure('{"":1}'), /^XmlNodeConverter cannot convert JSON with an empty property name to XML\./);
});

test("there and back", () => {
  const xml = '<a x="1"><b>2</b><b>3</b><c /><d></d>t</a>';
  assert.equal(toXml(toJson(xml)), xml);
});
