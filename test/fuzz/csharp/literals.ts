/** Literals and other simplest expressions of each type, picked so that limits, formats and names of JavaScript come up often. */
import { type Type, type } from "../../../src/csharp/types.ts";
import type { Dice } from "./random.ts";

const TEXTS: readonly string[] = [
  '""',
  '"a"',
  '"ab"',
  '"Hello, World"',
  '"42"',
  '"-1"',
  '"3.14"',
  '"1e400"',
  '"0x1F"',
  '"1,234.50"',
  '" pad "',
  '"true"',
  '"null"',
  '"TRUE"',
  '"a,b;c"',
  '"key=value&k2=v%202"',
  '"\\u00e9"',
  '"stra\\u00dfe"',
  '"\\ud83d\\ude00"',
  '"\\ud800"',
  '"I\\u0130i\\u0131"',
  '"\\0"',
  '"line1\\r\\nline2\\n"',
  '"\\t"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"hasOwnProperty"',
  '"{0}"',
  '"x{1,5:N2}y"',
  '"{"',
  '"$&$1"',
  '"aaaaaaaaaaaaaaaaaaaaaaaaaaaa!"',
  '"SGVsbG8="',
  '"_-8"',
  '"deadBEEF"',
  '"\\u2028"',
  '"%e2%82%ac"',
  '"<&>\\"\'"',
  '"Europe/Berlin"',
];

/** Texts that make sense for parameters of certain names, so that code behind the first check is met too. */
const TEXTS_BY_NAME: readonly (readonly [names: RegExp, texts: readonly string[]])[] = [
  [
    /^(pattern|regex)/i,
    [
      '"a+"',
      '"(\\\\w+)\\\\s(?<n>\\\\d*)"',
      '"^(a+)+$"',
      '"[^a-z-[aeiou]]"',
      '"(?i)x|y|"',
      '"\\\\b"',
      '"("',
      '"(?<=a)b{2,}?"',
    ],
  ],
  [
    /^format/i,
    [
      '"N2"',
      '"X8"',
      '"yyyy-MM-ddTHH:mm:ss.fffZ"',
      '"o"',
      '"0.00#"',
      '"{0}-{1:x}"',
      '"c"',
      '"R"',
      '"D"',
      '"#,##0;(#)"',
      '"e3"',
      '"hh\\\\:mm"',
      '"G17"',
      '"P"',
    ],
  ],
  [
    /uri|url|base/i,
    [
      '"https://contoso.example/a/../b?c=%20d#e"',
      '"/relative?x=1"',
      '"http://[::1]:8080/"',
      '"mailto:a@b"',
      '"a b"',
      '"//h/p"',
    ],
  ],
  [
    /json|value|text|s$|input|content/i,
    [
      '"{\\"a\\":1,\\"b\\":[1,2.5,null,{\\"c\\":\\"x\\"}]}"',
      '"[1,2,3]"',
      '"2024-02-29T12:34:56.789Z"',
      '"0"',
      '"2147483648"',
      '"1.50"',
      '"{}"',
      '"[[]]"',
      '"1.02:03:04.5"',
      '"00000000-0000-0000-0000-000000000001"',
      '"<a b=\\"1\\"><c>x</c><!--y--></a>"',
      '"\\"q\\""',
    ],
  ],
  [
    /xml/i,
    [
      '"<a b=\\"1\\"><c>x</c></a>"',
      '"<a xmlns:p=\\"urn:p\\"><p:b/></a>"',
      '"<a>&amp;&#x41;</a>"',
      '"<!DOCTYPE a []><a/>"',
    ],
  ],
  [/path/i, ['"$.a"', "\"$..b[?(@.c=='x')]\"", '"a.b[0]"', '"$[*]"', "\"['__proto__']\""]],
  [
    /name|key|id$|prefix/i,
    [
      '"a"',
      '"b"',
      '"p:q"',
      '"UTC"',
      '"utf-8"',
      '"iso-8859-1"',
      '"__proto__"',
      '"en-US"',
      '"W. Europe Standard Time"',
      '"SHA256"',
    ],
  ],
];

const INTS = [
  "0",
  "1",
  "2",
  "3",
  "5",
  "7",
  "-1",
  "10",
  "16",
  "31",
  "32",
  "100",
  "255",
  "256",
  "1000",
  "65535",
  "2147483647",
  "(-2147483647-1)",
];
const DOUBLES = [
  "0.0",
  "1.5",
  "-2.5",
  "0.1",
  "1e10",
  "1e308",
  "5e-324",
  "double.NaN",
  "double.PositiveInfinity",
  "-0.0",
  "123456.789",
  "2.5e-5",
  "4294967296.0",
];
const DECIMALS = [
  "0m",
  "1.10m",
  "-2.5m",
  "79228162514264337593543950335m",
  "0.0000000000000000000000000001m",
  "100.00m",
  "3m",
  "12345.6789m",
];

const LITERALS: ReadonlyMap<string, readonly string[]> = new Map([
  ["System.Boolean", ["true", "false"]],
  ["System.Int32", INTS],
  [
    "System.Int64",
    ["0L", "1L", "-1L", "4294967296L", "9223372036854775807L", "long.MinValue", "10L", "9007199254740993L"],
  ],
  ["System.UInt64", ["0UL", "1UL", "18446744073709551615UL", "9223372036854775808UL", "64UL"]],
  ["System.UInt32", ["0u", "1u", "4294967295u", "2147483648u", "32u"]],
  ["System.Int16", ["(short)1", "(short)-5", "short.MaxValue", "short.MinValue"]],
  ["System.UInt16", ["(ushort)1", "ushort.MaxValue"]],
  ["System.Byte", ["(byte)1", "(byte)0", "(byte)65", "byte.MaxValue"]],
  ["System.SByte", ["(sbyte)1", "(sbyte)-1", "sbyte.MinValue"]],
  ["System.Char", ["'a'", "'Z'", "'0'", "' '", "','", "'\\n'", "'\\u00e9'", "'\\ud800'", "'\\0'", "'{'"]],
  ["System.Double", DOUBLES],
  ["System.Single", ["0f", "1.5f", "-0.1f", "float.MaxValue", "float.NaN", "16777217f"]],
  ["System.Decimal", DECIMALS],
  [
    "System.Object",
    [
      "null",
      "1",
      '"s"',
      "true",
      "'c'",
      "2.5",
      "1L",
      "new object()",
      "1.10m",
      "DateTime.MinValue",
      "new[] { 1, 2 }",
      '(1, "t")',
      'new { A = 1, B = "b" }',
    ],
  ],
  [
    "System.DateTime",
    [
      "new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc)",
      "DateTime.MinValue",
      "DateTime.MaxValue",
      "new DateTime(1999, 12, 31)",
      "new DateTime(638000000000000001L)",
    ],
  ],
  [
    "System.DateTimeOffset",
    [
      "new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.FromHours(2))",
      "DateTimeOffset.MinValue",
      "DateTimeOffset.MaxValue",
    ],
  ],
  [
    "System.TimeSpan",
    [
      "TimeSpan.Zero",
      "new TimeSpan(1, 2, 3, 4, 5)",
      "TimeSpan.MaxValue",
      "TimeSpan.MinValue",
      "TimeSpan.FromMinutes(90.5)",
      "new TimeSpan(-1L)",
    ],
  ],
  ["System.Guid", ["Guid.Empty", 'new Guid("6f9619ff-8b86-d011-b42d-00c04fc964ff")']],
  ["System.Type", ["typeof(int)", "typeof(string)", "typeof(List<int>)", "typeof(int?)", "typeof(Dictionary<,>)"]],
  ["System.Uri", ['new Uri("https://user@contoso.example:8443/a/b?c=d#e")', 'new Uri("/x?y", UriKind.Relative)']],
  ["System.Text.StringBuilder", ["new StringBuilder()", 'new StringBuilder("abc")']],
  ["System.Text.Encoding", ["Encoding.UTF8", "Encoding.ASCII", "Encoding.Unicode"]],
  [
    "System.Globalization.CultureInfo",
    [
      "CultureInfo.InvariantCulture",
      'new CultureInfo("en-US")',
      'new CultureInfo("de-DE")',
      'new CultureInfo("tr-TR")',
    ],
  ],
  ["System.IFormatProvider", ["CultureInfo.InvariantCulture", "null", 'new CultureInfo("fr-FR")']],
  [
    "System.StringComparer",
    ["StringComparer.Ordinal", "StringComparer.OrdinalIgnoreCase", "StringComparer.InvariantCulture"],
  ],
  [
    "System.Exception",
    [
      "new Exception()",
      'new InvalidOperationException("x")',
      'new ArgumentNullException("p")',
      'new FormatException("f", new Exception("i"))',
    ],
  ],
  ["System.Text.RegularExpressions.Regex", ['new Regex("a(b)?")', 'new Regex("\\\\d+", RegexOptions.Compiled)']],
  ["System.Text.RegularExpressions.Match", ['Regex.Match("xaby", "a(?<g>b)?")', "Match.Empty"]],
  [
    "Newtonsoft.Json.Linq.JToken",
    [
      'JToken.Parse("{\\"a\\":[1,\\"x\\",null,true,1.5],\\"b\\":{\\"c\\":\\"2024-01-01T00:00:00Z\\"}}")',
      'JToken.Parse("[1,2]")',
      'JToken.FromObject("s")',
      "new JValue(1)",
      "null",
    ],
  ],
  [
    "Newtonsoft.Json.Linq.JObject",
    [
      'JObject.Parse("{\\"a\\":1,\\"b\\":\\"x\\",\\"__proto__\\":{}}")',
      "new JObject()",
      'new JObject(new JProperty("p", 1))',
    ],
  ],
  ["Newtonsoft.Json.Linq.JArray", ['JArray.Parse("[1,2,[3],{\\"a\\":null}]")', "new JArray()", 'new JArray(1, "x")']],
  [
    "Newtonsoft.Json.Linq.JValue",
    ["new JValue(1)", 'new JValue("x")', "new JValue(1.5)", "new JValue((object)null)", "new JValue(true)"],
  ],
  ["Newtonsoft.Json.Linq.JProperty", ['new JProperty("a", 1)', 'new JProperty("b", new JArray(1, 2))']],
  [
    "System.Xml.Linq.XElement",
    [
      'XElement.Parse("<a x=\\"1\\"><b>t</b><b y=\\"2\\"/></a>")',
      'new XElement("e")',
      'new XElement("e", new XAttribute("k", 1), "text")',
    ],
  ],
  ["System.Xml.Linq.XDocument", ['XDocument.Parse("<r><i>1</i><i>2</i></r>")', "new XDocument()"]],
  ["System.Xml.Linq.XName", ['(XName)"n"', 'XName.Get("n", "urn:x")']],
  ["System.Xml.Linq.XNamespace", ['(XNamespace)"urn:x"', "XNamespace.None"]],
  ["System.Xml.Linq.XAttribute", ['new XAttribute("k", "v")', 'new XAttribute("n", 5)']],
  ["System.TimeZoneInfo", ["TimeZoneInfo.Utc", 'TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")']],
  ["System.Net.IPAddress", ['IPAddress.Parse("10.1.2.3")', 'IPAddress.Parse("fe80::1%2")', "IPAddress.Loopback"]],
  ["System.Random", ["new Random(42)"]],
]);

/** Simplest expression of the type, or undefined when only members of the table give one. `parameter` is what it is to be used for. */
export function literal(dice: Dice, t: Type, parameter = ""): string | undefined {
  if (t === type("System.String")) return text(dice, parameter);
  const known = LITERALS.get(t.name);
  if (known && t.args.length === 0) {
    if (t === type("System.Int32") && !dice.oneIn(3)) return dice.pick(INTS.slice(0, 6));
    return dice.pick(known);
  }
  if (t.kind === "enum") return enumMember(dice, t);
  if (t.isNullable)
    return dice.oneIn(3) ? `(${t})null` : `(${t})(${literal(dice, t.args[0]) ?? `default(${t.args[0]})`})`;
  return undefined;
}

function text(dice: Dice, parameter: string): string {
  if (dice.oneIn(25)) return "null";
  if (dice.oneIn(25)) return "(string)null";
  if (parameter !== "" && !dice.oneIn(4)) {
    const fitting = TEXTS_BY_NAME.find(([names]) => names.test(parameter));
    if (fitting) return dice.pick(fitting[1]);
  }
  return dice.pick(TEXTS);
}

function enumMember(dice: Dice, t: Type): string {
  const names = t.def.m.filter((m) => m.k === "field" && m.v !== undefined).map((m) => m.n);
  if (names.length === 0) return `default(${t})`;
  const one = `${t}.${dice.pick(names)}`;
  if (dice.oneIn(12)) return `(${one} | ${t}.${dice.pick(names)})`;
  return dice.oneIn(40) ? `(${t})${dice.below(300)}` : one;
}
