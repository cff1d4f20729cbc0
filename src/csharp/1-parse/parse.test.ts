import assert from "node:assert/strict";
import { test } from "node:test";
import type { Expression, Node } from "./ast.ts";
import { parseBlock, parseExpression } from "./parse.ts";

/** The tree as text: `kind(children)`, names and values plain. */
function show(node: unknown): string {
  if (Array.isArray(node)) return `[${node.map(show).join(" ")}]`;
  if (typeof node !== "object" || node === null) return String(node);
  const { kind } = node as Node;
  const places = new Set([
    "kind",
    "start",
    "end",
    "operatorStart",
    "arrowStart",
    "nameStart",
    "labelStart",
    "intoStart",
  ]);
  const fields = Object.entries(node).flatMap(([name, value]) =>
    places.has(name) || value === undefined ? [] : [value],
  );
  if (kind === "IdentifierName" || kind === "PredefinedType") return String(fields[0]);
  return fields.length === 0 ? kind : `${kind ?? ""}(${fields.map(show).join(" ")})`;
}

function expression(code: string): string {
  const { tree, errors } = parseExpression(code);
  assert.deepEqual(errors, [], code);
  return show(tree);
}

function block(code: string): string {
  const { tree, errors } = parseBlock(code);
  assert.deepEqual(errors, [], code);
  return show(tree.statements);
}

test("operators bind by precedence and associate to the left", () => {
  assert.equal(expression("a + b * c - d"), "Binary(- Binary(+ a Binary(* b c)) d)");
  assert.equal(expression("a ?? b ?? c"), "Binary(?? a Binary(?? b c))");
  assert.equal(
    expression("a || b && c == d < e << f"),
    "Binary(|| a Binary(&& b Binary(== c Binary(< d Binary(<< e f)))))",
  );
  assert.equal(expression("a = b += c"), "Assignment(= a Assignment(+= b c))");
  assert.equal(expression("a ? b : c ? d : e"), "Conditional(a b Conditional(c d e))");
  assert.equal(expression("-5.ToString()"), "PrefixUnary(- Invocation(MemberAccess(Literal(int 5) ToString) []))");
});

test("offsets are those of the code", () => {
  const { tree } = parseExpression("  a .b( 1 )  ");
  assert.deepEqual([tree.start, tree.end], [2, 11]);
  const binary = parseExpression("x  >> 2").tree as Expression & { operatorStart: number };
  assert.deepEqual([binary.start, binary.end, binary.operatorStart], [0, 7, 3]);
});

test("literals have the type of their suffix and size", () => {
  const cases: [string, string, unknown][] = [
    ["1", "int", 1],
    ["0xFF", "int", 255],
    ["0b1010_1010", "int", 170],
    ["1_000_000", "int", 1_000_000],
    ["2147483647", "int", 2147483647],
    ["2147483648", "uint", 2147483648],
    ["4294967296", "long", 4294967296n],
    ["9223372036854775808", "ulong", 9223372036854775808n],
    ["1u", "uint", 1],
    ["1L", "long", 1n],
    ["1ul", "ulong", 1n],
    ["0xFFFFFFFFFFFFFFFF", "ulong", 0xffffffffffffffffn],
    ["1.5", "double", 1.5],
    [".5e-3", "double", 0.0005],
    ["1d", "double", 1],
    ["0.1f", "float", Math.fround(0.1)],
    ["1.10m", "decimal", "1.10"],
    ["1.5e-3m", "decimal", "0.0015"],
    ["1e2m", "decimal", "100"],
    ["0.00000000000000000000000000015m", "decimal", "0.0000000000000000000000000002"],
    ["'a'", "char", 97],
    ["'\\u0041'", "char", 65],
    ['"a\\tb\\x41"', "string", "a\tbA"],
    ['@"a\\""b"', "string", 'a\\"b'],
    ["true", "bool", true],
    ["null", "null", null],
  ];
  for (const [code, type, value] of cases) {
    const { tree, errors } = parseExpression(code);
    assert.deepEqual(errors, [], code);
    assert.ok(tree.kind === "Literal", code);
    assert.deepEqual([tree.type, tree.value], [type, value], code);
  }
  const minimum = parseExpression("-2147483648").tree;
  assert.ok(minimum.kind === "PrefixUnary" && minimum.operand.kind === "Literal" && "minimum" in minimum.operand);
});

test("type arguments are told from comparisons", () => {
  assert.equal(
    expression("(JObject)x.As<JObject>(true)"),
    "Cast(JObject Invocation(MemberAccess(x GenericName(As [JObject])) [Argument(Literal(bool true))]))",
  );
  assert.equal(expression("a < b && c > d"), "Binary(&& Binary(< a b) Binary(> c d))");
  assert.equal(
    expression("f(a < b, c > (d))"),
    "Invocation(f [Argument(Invocation(GenericName(a [b c]) [Argument(d)]))])",
  );
  assert.equal(
    expression("new Dictionary<string, List<int>>()"),
    "ObjectCreation(GenericName(Dictionary [string GenericName(List [int])]) [])",
  );
  assert.equal(expression("a >> b > c"), "Binary(> Binary(>> a b) c)");
  assert.equal(
    expression("x is List<int> y"),
    "IsPattern(x DeclarationPattern(GenericName(List [int]) SingleVariable(y)))",
  );
});

test("casts are told from parentheses", () => {
  assert.equal(expression("(int)-1"), "Cast(int PrefixUnary(- Literal(int 1)))");
  assert.equal(expression("(a)-1"), "Binary(- Parenthesized(a) Literal(int 1))");
  assert.equal(expression("(A)b"), "Cast(A b)");
  assert.equal(
    expression("(string)x[0] ?? y"),
    "Binary(?? Cast(string ElementAccess(x [Argument(Literal(int 0))])) y)",
  );
  assert.equal(expression("(int?)null"), "Cast(NullableType(int) Literal(null null))");
  assert.equal(expression("(A.B)(c)"), "Cast(QualifiedName(A B) Parenthesized(c))");
});

test("a question mark is conditional, conditional access or nullable", () => {
  assert.equal(
    expression("a?.b.c?[0]"),
    "ConditionalAccess(a ConditionalAccess(MemberAccess(MemberBinding(b) c) ElementBinding([Argument(Literal(int 0))])))",
  );
  assert.equal(expression("a ? .5 : b"), "Conditional(a Literal(double 0.5) b)");
  assert.equal(expression("x is int ? 1 : 2"), "Conditional(Is(x int) Literal(int 1) Literal(int 2))");
  assert.equal(expression("x is int?"), "Is(x NullableType(int))");
  assert.equal(expression("x as int? ?? 3"), "Binary(?? As(x NullableType(int)) Literal(int 3))");
});

test("lambdas, anonymous methods, queries", () => {
  assert.match(
    expression("f(x => x + 1, (a, b) => { return a; }, (int a, ref int b) => a)"),
    /^Invocation\(f \[Argument\(Lambda/,
  );
  assert.equal(expression("f(delegate(int x) { return x; }, delegate { })").split("AnonymousMethod").length, 3);
  assert.equal(
    expression(
      "from int x in a where x > 1 join y in b on x equals y into g orderby x descending, y group x by y into z select z",
    ),
    "Query([FromClause(int x a) WhereClause(Binary(> x Literal(int 1))) JoinClause(y b x y g) OrderByClause([(x true) (y false)]) GroupClause(x y) IntoClause(z) SelectClause(z)])",
  );
  assert.equal(expression("from + 1"), "Binary(+ from Literal(int 1))");
});

test("creations and initializers", () => {
  assert.equal(
    expression("new { a, b.c, D = 1 }"),
    "AnonymousObjectCreation([AnonymousMember(a a) AnonymousMember(c MemberAccess(b c)) AnonymousMember(D Literal(int 1))])",
  );
  assert.equal(
    expression('new T { A = 1, ["k"] = { 2 } }').replaceAll("Literal", "L"),
    "ObjectCreation(T ObjectInitializer([MemberInitializer(A L(int 1)) MemberInitializer(ImplicitElementAccess([Argument(L(string k))]) CollectionInitializer([L(int 2)]))]))",
  );
  assert.equal(
    expression("new List<int> { 1, 2, }"),
    "ObjectCreation(GenericName(List [int]) CollectionInitializer([Literal(int 1) Literal(int 2)]))",
  );
  assert.equal(
    expression("new int[2, 3][]"),
    "ArrayCreation(ArrayType(ArrayType(int 1) 2) [Literal(int 2) Literal(int 3)])",
  );
  assert.equal(expression("new[] { 1 }"), "ImplicitArrayCreation(1 ArrayInitializer([Literal(int 1)]))");
  assert.equal(
    expression("new int[][] { new int[0] }"),
    "ArrayCreation(ArrayType(ArrayType(int 1) 1) [] ArrayInitializer([ArrayCreation(ArrayType(int 1) [Literal(int 0)])]))",
  );
});

test("tuple types, aliases", () => {
  assert.match(expression("new (int, string)[] { (1, a) }"), /^ArrayCreation\(ArrayType\(TupleType/);
  assert.equal(expression("global::A.B"), "MemberAccess(AliasQualifiedName(global A) B)");
  assert.match(block("(int a, var b) = c; (d, e) = (e, d);"), /Declaration\(int SingleVariable\(a\)\)/);
});

test("interpolated strings keep the offsets of their holes", () => {
  const { tree, errors } = parseExpression('$"a{{{ x ,-5:N2}b\\n{$"{(y ? "1" : z)}"}"');
  assert.deepEqual(errors, []);
  assert.ok(tree.kind === "InterpolatedString");
  assert.equal(show(tree.parts[0]), "InterpolatedText(a{)");
  const hole = tree.parts[1];
  assert.ok(hole.kind === "Interpolation" && hole.expression.start === 7 && hole.format === "N2");
  assert.equal(show(hole.alignment), "PrefixUnary(- Literal(int 5))");
  assert.equal(show(tree.parts[2]), "InterpolatedText(b\n)");
  assert.match(show(tree.parts[3]), /^Interpolation\(InterpolatedString/);
  assert.match(
    expression('$@"a""{b}\\"'),
    /^InterpolatedString\(\[InterpolatedText\(a"\) Interpolation\(b\) InterpolatedText\(\\\)\]\)$/,
  );
});

test("statements", () => {
  assert.equal(
    block('int a = 1, b; const string c = "x"; var (d, _) = e; (f, int g) = h;').split(" ").length > 5,
    true,
  );
  assert.equal(
    block("var x = 1;"),
    "[LocalDeclaration(false VariableDeclaration(var [VariableDeclarator(x Literal(int 1))]))]",
  );
  assert.equal(
    block("if (a) b(); else if (c) { } else d();"),
    "[IfStatement(a ExpressionStatement(Invocation(b [])) IfStatement(c Block([]) ExpressionStatement(Invocation(d []))))]",
  );
  assert.equal(
    block("switch (o) { case int n when n > 3: case 5: return n; case var x: goto case 5; default: break; }"),
    "[SwitchStatement(o [SwitchSection([CaseLabel(DeclarationPattern(int SingleVariable(n)) Binary(> n Literal(int 3))) CaseLabel(ConstantPattern(Literal(int 5)))] [ReturnStatement(n)]) SwitchSection([CaseLabel(DeclarationPattern(var SingleVariable(x)))] [GotoCaseStatement(Literal(int 5))]) SwitchSection([DefaultLabel] [BreakStatement])])]",
  );
  assert.equal(
    block("try { a(); } catch (E e) when (e.X) { throw; } catch { } finally { b(); }"),
    "[TryStatement(Block([ExpressionStatement(Invocation(a []))]) [CatchClause(E e MemberAccess(e X) Block([ThrowStatement])) CatchClause(Block([]))] Block([ExpressionStatement(Invocation(b []))]))]",
  );
  assert.equal(
    block("foreach (var (k, v) in d) ; foreach (int i in l) ;").replaceAll(" EmptyStatement", ""),
    "[ForEachVariableStatement(Declaration(var ParenthesizedVariables([SingleVariable(k) SingleVariable(v)])) d) ForEachStatement(int i l)]",
  );
  assert.equal(
    block("for (int i = 0, j = 1; i < j; i++, j--) ; for (;;) break;").startsWith(
      "[ForStatement(VariableDeclaration(int",
    ),
    true,
  );
  assert.equal(
    block("int F<T>(T a, params int[] b) where T : class => 1; void G() { yield break; } F(1); G();").match(
      /LocalFunction/g,
    )?.length,
    2,
  );
  assert.equal(
    block("using (var s = f()) using (g) lock (h) checked { unchecked { } }"),
    "[UsingStatement(VariableDeclaration(var [VariableDeclarator(s Invocation(f []))]) UsingStatement(g LockStatement(h CheckedStatement(true Block([CheckedStatement(false Block([]))])))))]",
  );
  assert.equal(
    block("a: goto a; do { } while (b); while (c) continue; ;;").startsWith("[LabeledStatement(a GotoStatement(a))"),
    true,
  );
  assert.equal(
    block("int.TryParse(s, out var n); f(out _, ref x, name: 1);").includes(
      "Argument(out Declaration(var SingleVariable(n)))",
    ),
    true,
  );
  assert.equal(
    block("List<int> a; int? b; int[] c; A.B<C>[] d; (int x, string) e; ref int f = ref g;").match(/LocalDeclaration/g)
      ?.length,
    6,
  );
  assert.equal(block("a < b;\nf(1);").includes("Binary(< a b)"), true);
});

test("the first error has the compiler's code and place", () => {
  const cases: [string, string, number, number][] = [
    ["(1", "CS1026", 2, 2],
    ["1;", "CS1026", 1, 2],
    ["", "CS1525", 0, 0],
    ["return 1;", "CS1525", 0, 0],
    ["'ab'", "CS1012", 0, 4],
    ['"abc', "CS1010", 0, 4],
    ["a === b", "CS1525", 4, 5],
    ['f("a""")', "CS1003", 5, 7],
    ["a <> b", "CS1026", 5, 6],
    ["a + ", "CS1525", 3, 3],
    ["f(a b)", "CS1003", 4, 5],
    ["f(a,)", "CS1525", 4, 5],
    ["f(x[])", "CS0443", 4, 5],
    ['"\\d"', "CS1009", 1, 3],
    ["99999999999999999999", "CS1021", 0, 20],
    ["a ??= b", "CS8370", 2, 5],
    ["new() { }", "CS8370", 0, 3],
    ["x is not null", "CS8370", 5, 13],
    ["a[^1]", "CS8370", 2, 3],
    ["x switch { 1 => 2 }", "CS8370", 2, 8],
    ["[1, 2]", "CS8370", 0, 1],
    ["a!", "CS8370", 0, 2],
    ['$"{a ? b : c}"', "CS8361", 3, 8],
    ['$"{}"', "CS1733", 3, 3],
    ['$"}"', "CS8086", 2, 3],
    ['$"{\na}"', "CS8967", 2, 3],
    ["await f()", "CS4032", 0, 9],
    ["\u201ca\u201d", "CS1056", 0, 1],
    ["a /* b", "CS1035", 2, 4],
    ["a) + (b", "CS1003", 1, 2],
    ["1, 2", "CS1003", 1, 2],
  ];
  for (const [code, expected, start, end] of cases) {
    const [error] = parseExpression(code).errors;
    assert.deepEqual([error?.code, error?.start, error?.end], [expected, start, end], code);
  }
});

test("statement errors and recovery", () => {
  const codes = (code: string) => parseBlock(code).errors.map((e) => `${e.code}@${e.start}`);
  assert.deepEqual(codes("var a = 1\nvar b = 2\nreturn a;"), ["CS1002@9", "CS1002@19"]);
  assert.deepEqual(codes("if (a { b(); }"), ["CS1026@6"]);
  assert.deepEqual(codes("try { }"), ["CS1524@6"]);
  assert.deepEqual(codes("{ a();"), ["CS1513@6"]);
  assert.deepEqual(codes("a(); }"), ["CS1003@5"]);
  assert.deepEqual(codes("if (a) int b = 1;"), ["CS1023@7"]);
  assert.deepEqual(codes("using var a = b;"), ["CS8370@0"]);
  assert.deepEqual(codes("static int F() => 1;"), ["CS8370@0"]);
  assert.deepEqual(codes("foreach (x in y) { }"), ["CS0230@9"]);
  assert.deepEqual(codes("for (var i of x) { }")[0], "CS1002@11");
  assert.deepEqual(codes("const int a;"), ["CS0145@10"]);
});

test("errors carry a way out", () => {
  assert.match(parseExpression("'text'").errors[0].hint ?? "", /double quotes: "text"/);
  assert.match(parseExpression("return 1;").errors[0].hint ?? "", /@\{ \}/);
  assert.match(parseExpression("a === b").errors[0].hint ?? "", /==/);
  assert.match(parseExpression("`a`").errors[0].hint ?? "", /JavaScript/);
});

test("nesting and chains are bounded", () => {
  for (const deep of ["(", "-", "a(", "a[", "x => ", "(int)", "a ? ", "new[]{", "A<", '$"{', "a = ", "f(delegate{"]) {
    assert.equal(parseExpression(deep.repeat(20_000)).errors[0]?.code, "CS8078", deep);
  }
  assert.equal(parseExpression(`new ${"A<".repeat(20_000)}`).errors[0]?.code, "CS8078");
  assert.equal(parseBlock("{".repeat(20_000)).errors[0]?.code, "CS8078");
  assert.equal(parseBlock("if (a) ".repeat(20_000)).errors[0]?.code, "CS8078");
  assert.equal(parseExpression("a + ".repeat(20_000)).errors[0]?.code, "CS8078");
  assert.deepEqual(parseExpression(`${"(".repeat(90)}1${")".repeat(90)}`).errors, []);
  assert.deepEqual(parseExpression(`a${" + a".repeat(900)}`).errors, []);
});
