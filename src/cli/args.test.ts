import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "./args.ts";
import {
  type Command,
  type CommandEntry,
  flag,
  numberOption,
  onlyPositional,
  textOption,
  wordOption,
} from "./command.ts";
import type { Sink } from "./terminal.ts";

/** Runs a command that answers what it was given. */
async function call(...argv: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const command: Command = {
    help: "HELP",
    options: { port: { type: "string" }, format: { type: "string" }, watch: { type: "boolean" } },
    async run(args, terminal) {
      const given = [
        onlyPositional(args, "FOLDER"),
        numberOption(args, "port", 0, 10),
        wordOption(args, "format", ["human", "json"]),
        flag(args, "watch"),
      ];
      terminal.out.line(JSON.stringify([...given, textOption(args, "format")].map((v) => v ?? null)));
      return 0;
    },
  };
  const entries: CommandEntry[] = [{ name: "serve", summary: "", load: async () => command }];
  const sink = (lines: string[]): Sink => ({ line: (text) => void lines.push(text), paint: (_, text) => text });
  return { code: await runCommand(argv, entries, { out: sink(out), err: sink(err), env: {} }), out, err };
}

test("options, defaults and negated flags", async () => {
  assert.deepEqual((await call("serve", "f")).out, ['["f",null,"human",null,null]']);
  assert.deepEqual((await call("serve", "--port", "7", "--format=json", "f", "--no-watch")).out, [
    '["f",7,"json",false,"json"]',
  ]);
});

test("--json is --format json, where there is such an option", async () => {
  assert.deepEqual((await call("serve", "f", "--json")).out, ['["f",null,"json",null,"json"]']);
});

test("--help anywhere after the command", async () => {
  assert.deepEqual(await call("serve", "f", "-h"), { code: 0, out: ["HELP"], err: [] });
});

for (const [argv, message] of [
  [[], "sallyport: no command given"],
  [["srve"], 'sallyport: unknown command "srve"'],
  [["serve"], "sallyport serve: FOLDER is missing"],
  [["serve", "a", "b"], "sallyport serve: One FOLDER is wanted, not 2"],
  [["serve", "a", "--prt", "1"], "sallyport serve: unknown option --prt; did you mean --port?"],
  [["serve", "a", "--port", "x"], 'sallyport serve: --port must be a number from 0 to 10, not "x"'],
  [["serve", "a", "--port", "11"], 'sallyport serve: --port must be a number from 0 to 10, not "11"'],
  [["serve", "a", "--format", "xml"], 'sallyport serve: --format must be one of human, json, not "xml"'],
  [["serve", "a", "--port"], "sallyport serve: Option '--port <value>' argument missing"],
] as const) {
  test(`wrong usage: ${argv.join(" ") || "(nothing)"}`, async () => {
    const { code, out, err } = await call(...argv);
    assert.deepEqual([code, out, err[0]], [2, [], message]);
  });
}
