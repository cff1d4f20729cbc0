/** The public interface of the compiler. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CsException, Compiler, FuelExhausted, limits } from "./index.ts";
import { Decimal } from "./library/decimal.ts";
import { Box } from "./runtime/values.ts";
import { type } from "./types.ts";

const INT = type("System.Int32");
const STRING = type("System.String");

function compiler(): Compiler {
  return new Compiler({ globals: { name: STRING, count: INT } });
}

test("compiles many expressions, links once, runs with globals in their order", () => {
  const c = compiler();
  const first = c.compile('name + count + "!"', "expr");
  const second = c.compile("return name.Length * count;", "block", { targetType: INT });
  c.link();
  assert.equal(first.run("ab", 3), "ab3!");
  assert.equal(second.run("ab", 3), 6);
  assert.equal(first.type, STRING);
  assert.equal(second.type, INT);
});

test("can be linked again for what was compiled later", () => {
  const c = compiler();
  const first = c.compile("count + 1", "expr");
  c.link();
  const second = c.compile("count + 2", "expr");
  c.link();
  assert.deepEqual([first.run("", 1), second.run("", 1)], [2, 3]);
});

test("constants need no code", () => {
  const c = compiler();
  const { constant, run, ...rest } = c.compile('"a" + "b"', "expr");
  assert.deepEqual(constant, { value: "ab" });
  assert.equal(run.call(rest, "", 0), "ab");
  assert.equal(c.compile("name", "expr").constant, undefined);
  assert.ok(c.compile("1.50m", "expr").constant?.value instanceof Decimal);
  assert.doesNotMatch(c.generatedCode, /ab/);
});

test("the result of a block is an object unless a type is asked for", () => {
  const c = compiler();
  const boxed = c.compile("return count;", "block");
  const text = c.compile("count", "expr", { targetType: type("System.Int64") });
  const same = c.compile("count", "expr");
  c.link();
  assert.ok(boxed.run("", 5) instanceof Box);
  assert.equal(text.run("", 5), 5n);
  assert.ok(same.runBoxed("", 5) instanceof Box);
  assert.equal(same.run("", 5), 5);
});

test("errors have the compiler's codes and places in the code", () => {
  const [error] = compiler().compile("count +\n nme", "expr").errors;
  assert.equal(error.code, "CS0103");
  assert.deepEqual([error.start, error.end], [9, 12]);
  const [syntax] = compiler().compile("(count", "expr").errors;
  assert.equal(syntax.code, "CS1026");
  const [setup, later] = compiler().compile("x + y", "expr", { setup: "int x = name;" }).errors;
  assert.equal(setup.code, "CS0029");
  assert.ok(setup.start < 0);
  assert.deepEqual([later.code, later.start], ["CS0103", 4]);
});

test("a member without an implementation is an error at its place", () => {
  const { errors } = compiler().compile("typeof(int).GUID.ToString()", "expr");
  assert.deepEqual(
    errors.map((e) => [e.code, e.start, e.message]),
    [["SP4002", 12, "'System.Type.GUID' is not supported yet"]],
  );
});

test("code with errors leaves no trace in the module", () => {
  const c = compiler();
  c.compile("nope", "expr");
  const good = c.compile("count", "expr");
  c.link();
  assert.equal(good.run("", 4), 4);
});

test("running what was not linked is a defect", () => {
  assert.throws(() => compiler().compile("count", "expr").run("", 1), /not linked/);
});

test("says which members were used", () => {
  const { uses } = compiler().compile("name.Trim().Length", "expr");
  assert.deepEqual([...uses].sort(), ["System.String.Length", "System.String.Trim()"]);
});

test("exceptions carry the offset in the code, behind setup too", () => {
  const c = compiler();
  const code = 'name + "abc".Substring(count)';
  const plain = c.compile(code, "expr");
  const behind = c.compile(code, "expr", { setup: "int other = 1;" });
  c.link();
  for (const compiled of [plain, behind]) {
    assert.throws(
      () => compiled.run("", 9),
      (e) => e instanceof CsException && code.startsWith("Substring", e.position),
    );
  }
});

test("a value thrown again and again gets the place of each evaluation", () => {
  const c = new Compiler({ globals: { e: type("System.Exception") } });
  const here = c.compile("throw e;", "block");
  const there = c.compile("int i = 0; i++; throw e;", "block");
  c.link();
  const error = new CsException("System.Exception", "x");
  assert.throws(() => here.run(error), { position: 0 });
  const again = new CsException("System.Exception", "x");
  assert.throws(() => there.run(again), { position: 16 });
});

test("limits can be set", () => {
  const c = compiler();
  const loop = c.compile("for (int i = 0; i < 1000; i++) { } return 1;", "block");
  c.link();
  const before = limits.steps;
  try {
    limits.steps = 100;
    assert.throws(() => loop.run("", 0), FuelExhausted);
  } finally {
    limits.steps = before;
  }
  assert.doesNotThrow(() => loop.run("", 0));
});

test("any text gives errors, not exceptions", () => {
  const c = compiler();
  const texts = [
    "",
    " ",
    ")",
    "}",
    "(((((",
    "\u0000",
    "\ud800",
    "@",
    '$"{',
    "'",
    "/*",
    "a?.b?[",
    "new",
    "x => ",
    "{",
    "int",
    "..",
    "=>",
    "1 2 3",
    "#if",
  ];
  for (const text of texts) {
    for (const kind of ["expr", "block"] as const) {
      const { errors } = c.compile(text, kind);
      for (const e of errors)
        assert.ok(
          e.start >= 0 && e.end >= e.start && e.end <= text.length + 1,
          `${kind} ${JSON.stringify(text)} ${JSON.stringify(e)}`,
        );
      if (kind === "expr") assert.ok(errors.length > 0, text);
    }
  }
});

test("very long and very deep code is refused or compiled, never a crash", () => {
  const c = compiler();
  for (const code of [
    `${"(".repeat(5000)}1${")".repeat(5000)}`,
    `${"-".repeat(5000)}count`,
    Array(5000).fill("count").join(" + "),
    `name${".Trim()".repeat(5000)}`,
    `${"x => ".repeat(2000)}1`,
  ]) {
    c.compile(code, "expr");
  }
  c.link();
});
