/** Programs that are wrong on purpose: mutations of well-typed ones, names of the host, runaways, and text that is no program. */
import type { Program } from "./generator.ts";
import type { Dice } from "./random.ts";

const TOKEN = /\$?@?"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\w+|=>|\?\?|&&|\|\||[-+=!<>]=|\S/g;

const HOST_NAMES = [
  ...[
    "constructor",
    "prototype",
    "__proto__",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "globalThis",
    "process",
    "require",
  ],
  ...[
    "Function",
    "eval",
    "arguments",
    "this",
    "self",
    "undefined",
    "NaN",
    "Object",
    "Symbol",
    "$castTo",
    "A",
    "v0",
    "c0",
    "g0",
    "t0",
  ],
];

const FRAGMENTS = [
  ...[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "?",
    ":",
    "=>",
    "??",
    "?.",
    "!",
    "~",
    "$",
    "@",
    '"',
    "'",
    "\\",
    "//",
    "/*",
    "*/",
    "#if x",
  ],
  ...[
    "new",
    "default",
    "null",
    "is",
    "as",
    "in",
    "out",
    "ref",
    "checked",
    "throw",
    "await",
    "stackalloc",
    "typeof",
    "dynamic",
    "var",
  ],
  ...[
    "0x",
    "1e",
    "1_0",
    "0b2",
    "1.",
    "9999999999999999999999",
    "1e999",
    "'ab'",
    "\u2028",
    "\u00e9",
    "\ud800",
    "\0",
    "`",
    "${x}",
  ],
  ...[
    "File.ReadAllText",
    "System.IO.File",
    "Activator.CreateInstance",
    "Environment.Exit",
    "typeof(int).Assembly",
    "GetType()",
  ],
  ...[
    "(1, 2)",
    "int?",
    "List<>",
    "void",
    "goto x",
    "yield",
    "while (true) { }",
    "from x in y",
    "delegate { }",
    "ref int",
    "unsafe",
  ],
];

const RUNAWAYS = [
  "while (true) { }",
  'var s = "x"; while (true) s += s;',
  "int F(int n) => F(n + 1) + 1; return F(0);",
  "return Enumerable.Range(0, int.MaxValue).ToList().Count;",
  "return new string('x', int.MaxValue);",
  "return Regex.IsMatch(new string('a', 40), \"(a|a)*$b\");",
  "var l = new List<object>(); l.Add(l); while (true) l.AddRange(l.ToArray());",
  "object o = 1; for (;;) o = (o, o);",
  "return JToken.Parse(new string('[', 100000));",
  "var a = new JArray(); a.Add(a); return a.ToString();",
  "Func<int, int> f = null; f = x => f(x); return f(1);",
  "IEnumerable<int> G() { while (true) yield return 1; } return G().Last();",
  'return string.Join(",", Enumerable.Repeat("xxxxxxxxxx", 100000000));',
  'var d = new Dictionary<string, object>(); d["d"] = d; return JsonConvert.SerializeObject(d);',
  'return "x".PadLeft(2000000000) + decimal.MaxValue.ToString("N999999999");',
  "try { while (true) { } } finally { while (true) { } }",
];

export function hostile(dice: Dice, program: Program, other: Program): Program {
  switch (dice.below(8)) {
    case 0:
      return { kind: "block", code: dice.pick(RUNAWAYS) };
    case 1:
      return { kind: program.kind, code: nested(dice, program.code) };
    case 2:
      return { kind: dice.oneIn(2) ? "expr" : "block", code: soup(dice) };
    case 3:
      return {
        kind: dice.oneIn(2) ? "expr" : "block",
        code: program.code.slice(0, dice.below(program.code.length + 1)),
      };
    default:
      return { kind: program.kind, code: mutated(dice, program.code, other.code) };
  }
}

/** A few tokens removed, doubled, swapped, replaced. */
function mutated(dice: Dice, code: string, other: string): string {
  const tokens: string[] = code.match(TOKEN) ?? [];
  const others = other.match(TOKEN) ?? ["x"];
  for (let n = 1 + dice.below(3); n > 0 && tokens.length > 0; n--) {
    const at = dice.below(tokens.length);
    switch (dice.below(6)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, tokens[at]);
        break;
      case 2:
        tokens[at] = dice.pick(others);
        break;
      case 3:
        tokens.splice(at, 0, dice.pick(FRAGMENTS));
        break;
      case 4: {
        const names = [...tokens.keys()].filter((i) => /^[A-Za-z_]\w*$/.test(tokens[i]));
        if (names.length > 0) tokens[dice.pick(names)] = dice.pick(HOST_NAMES);
        break;
      }
      default:
        tokens.splice(at, dice.below(4), ...others.slice(0, dice.below(6)));
    }
  }
  return tokens.join(" ");
}

const WRAPPERS = [
  ["(", ")"],
  ["-", ""],
  ["!", ""],
  ["new[] { ", " }"],
  ["(object)", ""],
  ["x => ", ""],
  ["1 + ", ""],
  ['$"{', '}"'],
  ["", ".ToString()"],
  ["", " ?? null"],
  ["true ? 1 : ", ""],
  ["{ ", " }"],
  ["if (true) ", ""],
  ["checked(", ")"],
  ["", "?.a"],
  ["new List<", ">()"],
] as const;

function nested(dice: Dice, code: string): string {
  const [before, after] = dice.pick(WRAPPERS);
  const depth = dice.pick([10, 50, 200, 1000, 5000]);
  return before.repeat(depth) + code + after.repeat(depth);
}

function soup(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(12) }, () => dice.pick(dice.oneIn(2) ? FRAGMENTS : HOST_NAMES)).join(
    dice.pick(["", " "]),
  );
}
