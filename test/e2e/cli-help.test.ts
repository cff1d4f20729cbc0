import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { policies } from "../../src/policies/index.ts";
import { sallyport } from "../support/cli.ts";

const COMMANDS = [
  "run",
  "check",
  "test",
  "explain",
  "eval",
  "policies",
  "trace",
  "example",
  "completion",
  "version",
  "help",
];

test("help names every command, and each command's help has examples", async () => {
  const { code, out } = await sallyport(["--help"]);
  assert.equal(code, 0);
  for (const name of COMMANDS) assert.match(out, new RegExp(`^  ${name}  `, "m"));
  for (const name of COMMANDS.filter((c) => c !== "version" && c !== "help")) {
    const help = await sallyport([name, "--help"]);
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.match(help.out, /^Usage: sallyport [\s\S]*\nExamples:\n {2}/);
    assert.equal((await sallyport(["help", name])).out, help.out);
  }
});

test("version, in each of its forms", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  for (const form of ["version", "--version", "-v"])
    assert.match(
      (await sallyport([form])).out,
      new RegExp(`^sallyport ${version} \\(node ${process.versions.node}\\)`),
    );
});

test("policies: the table, one policy, JSON", async () => {
  const table = await sallyport(["policies"]);
  for (const { name } of policies) assert.match(table.out, new RegExp(`^  ${name}  `, "m"));
  const one = await sallyport(["policies", "rate-limit"]);
  assert.match(one.out, /^<rate-limit>[\s\S]*\n {2}renewal-period +integer, required/);
  const lines = (await sallyport(["policies", "--format", "json"])).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.filter((l) => l.supported).map((l) => l.name),
    policies.map((p) => p.name),
  );
  const calls = lines.find((l) => l.name === "rate-limit").attributes.find((a: { name: string }) => a.name === "calls");
  assert.deepEqual([calls.type, calls.required], ["integer", true]);
  assert.equal((await sallyport(["policies", "no-such"])).code, 1);
  const near = await sallyport(["policies", "set-hedder"]);
  assert.deepEqual([near.code, near.err], [1, 'There is no policy "set-hedder". Did you mean set-header?\n']);
});

test("completion: a script for each shell, which names commands and options", async () => {
  for (const [shell, option] of [
    ["bash", /^ {4}check\) words="[^"]*--no-secrets[^"]*--help" ;;$/m],
    ["zsh", /^ {4}check\) options=\([^)]*--no-secrets[^)]*--help\) ;;$/m],
    ["fish", /^complete .*from check" -l no-secrets$/m],
  ] as const) {
    const { code, out } = await sallyport(["completion", shell]);
    assert.equal(code, 0);
    assert.match(out, option);
    for (const name of COMMANDS) assert.match(out, new RegExp(`\\b${name}\\b`));
  }
  const wrong = await sallyport(["completion", "bsh"]);
  assert.deepEqual([wrong.code, /did you mean bash\?/.test(wrong.err)], [2, true]);
});

test("completion in bash itself", async (t) => {
  const { out } = await sallyport(["completion", "bash"]);
  const script = `${out}
COMP_WORDS=(sallyport ch) COMP_CWORD=1; _sallyport; echo "\${COMPREPLY[@]}"
COMP_WORDS=(sallyport run folder --no) COMP_CWORD=3; _sallyport; echo "\${COMPREPLY[@]}"`;
  const ran = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
  if (ran.error !== undefined) return t.skip("there is no bash");
  assert.deepEqual([ran.stdout, ran.stderr], ["check\n--no-watch\n", ""]);
});

test("explain: a code of ours, one of the C# compiler, none", async () => {
  const ours = await sallyport(["explain", "sw3001"]);
  assert.equal(ours.code, 0);
  assert.match(ours.out, /^SW3001 {2}.+references[\s\S]+sallyport-disable SW3001/);
  assert.match((await sallyport(["explain", "CS0103"])).out, /compiler-messages\/cs0103/);
  assert.equal((await sallyport(["explain", "SP9999"])).code, 1);
});
