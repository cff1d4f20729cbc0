import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isLiteral, readSecret } from "./source.ts";

const folder = await mkdtemp(join(tmpdir(), "sallyport-secrets-"));
const place = { env: { KEY: " k ey ", EMPTY: "  " }, folder };

test("a variable of the environment, as it is", async () => {
  assert.deepEqual(await readSecret("env:KEY", place), { value: " k ey " });
});

test("a variable that is not set or empty names the variable", async () => {
  const absent = await readSecret("env:NOPE", place);
  assert.deepEqual(absent, {
    problem: "The environment variable NOPE is not set",
    hint: "Set NOPE before the start.",
    isThere: false,
  });
  assert.ok("problem" in (await readSecret("env:EMPTY", place)));
});

test("a file, relative to the settings, without byte order mark and last line break", async () => {
  await writeFile(join(folder, "key.txt"), "\ufeffs3cret\nline2\r\n");
  const bytes = Buffer.from("\ufeffs3cret\nline2\r\n");
  const expected = { value: "s3cret\nline2", file: join(folder, "key.txt"), bytes };
  assert.deepEqual(await readSecret("file:key.txt", place), expected);
  assert.deepEqual(await readSecret(`file://${folder}/key.txt`, place), expected);
});

test("a file that is absent, empty or huge names the file, never what is in it", async () => {
  await writeFile(join(folder, "empty"), "\n");
  await writeFile(join(folder, "huge"), Buffer.alloc(2 * 1024 * 1024, "s"));
  assert.match(JSON.stringify(await readSecret("file:nope", place)), /The secret file nope does not exist/);
  assert.match(JSON.stringify(await readSecret("file:empty", place)), /The secret file empty is empty/);
  const huge = JSON.stringify(await readSecret("file:huge", place));
  assert.match(huge, /has 2097152 bytes/);
  assert.doesNotMatch(huge, /sss/);
});

test("anything else is the secret itself; literal: is for texts that look like a source", async () => {
  assert.deepEqual(await readSecret("abc", place), { value: "abc" });
  assert.deepEqual(await readSecret("literal:env:KEY", place), { value: "env:KEY" });
  assert.deepEqual(["env:A", "file:a", "a", "literal:env:A"].map(isLiteral), [false, false, true, true]);
});
