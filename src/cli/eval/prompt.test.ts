import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type TestContext, test } from "node:test";
import type { Sink, Terminal } from "../terminal.ts";
import { historyFile } from "./history.ts";
import { prompt } from "./prompt.ts";
import { globalsFrom } from "./sample-context.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "sallyport-prompt-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Types the text, ends the input, and answers what was printed. */
async function type(text: string, history?: string): Promise<{ out: string[]; err: string[]; screen: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (lines: string[]): Sink => ({ line: (line) => void lines.push(line), paint: (_, painted) => painted });
  const terminal: Terminal = { out: sink(out), err: sink(err), env: {} };
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk;
  });
  // Key by key: a chunk of several is pasted text, in which Tab is a character.
  for (const key of text.match(/\u001b\[.|[\s\S]/g) ?? []) input.write(key);
  input.end();
  const code = await prompt({ input, output, terminal, globals: globalsFrom(undefined), historyFile: history });
  assert.equal(code, 0);
  return { out: out.slice(1), err, screen };
}

test("expressions with their types, one after the other", async () => {
  const { out, err } = await type('1 + 1\n\n@("a" + 1)\nfoo\ncontext.Request.Method\n');
  assert.deepEqual(out, [
    "2",
    "System.Int32, static type int",
    "a1",
    "System.String, static type string",
    "POST",
    "System.String, static type string",
  ]);
  assert.match(err.join("\n"), /CS0103/);
});

test("a block goes on until it is closed", async () => {
  const { out, screen } = await type('@{\nvar a = "}";\nreturn a + 2;\n}\n3\n');
  assert.deepEqual(
    out.filter((_, i) => i % 2 === 0),
    ["}2", "3"],
  );
  assert.match(screen, /\.\.\. /);
});

test("commands: type, context, help, exit; an unknown one is named", async (t) => {
  const file = join(folder(t), "context.json");
  writeFileSync(file, '{"request": {"method": "PUT"}}');
  const lines = [
    ".type context.Request.Url",
    ".type 1 +",
    `.context ${file}`,
    "context.Request.Method",
    ".context",
    "context.Request.Method",
    ".context /no/such",
    ".nonsense",
    ".help",
    ".exit",
    "5",
  ];
  const { out, err } = await type(`${lines.join("\n")}\n`);
  assert.deepEqual([out[0], out[1], out[3]], ["IUrl", "PUT", "POST"]);
  assert.match(out[5], /\.type EXPRESSION/);
  assert.equal(out.length, 6, "nothing behind .exit");
  assert.match(err.join("\n"), /CS1525[\s\S]*\/no\/such cannot be read[\s\S]*no command \.nonsense/);
});

test("Tab completes members, names, commands, and locals of an open block", async () => {
  const { out } = await type("context.Request.Meth\t.Len\t\n.ex\t\n");
  assert.equal(out[0], "4");
  const { out: inBlock } = await type("@{\nvar when = context.Timestamp;\nreturn when.DayOfY\t;\n}\n");
  assert.equal(inBlock[0], "127");
  const { screen } = await type("context.\t\t");
  for (const name of ["Request", "Variables", "LastError"]) assert.match(screen, new RegExp(`\\b${name}\\b`));
});

test("history is kept in a file of the user alone, and read again", async (t) => {
  const file = join(folder(t), "cache", "history");
  await type("1 + 2\n40 + 2\n", file);
  assert.equal(readFileSync(file, "utf8"), "40 + 2\n1 + 2\n");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal((await type("\u001b[A\n", file)).out[0], "42", "arrow up");
  assert.equal(
    (await type("7\n", join(file, "below-a-file"))).out[0],
    "7",
    "a folder that cannot be written is no obstacle",
  );
});

test("the history belongs into the cache folder", () => {
  assert.equal(historyFile({ XDG_CACHE_HOME: "/c", HOME: "/h" }), join("/c", "sallyport", "eval-history"));
  assert.equal(historyFile({ HOME: "/h" }), join("/h", ".cache", "sallyport", "eval-history"));
});
