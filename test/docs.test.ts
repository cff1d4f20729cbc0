/** The generated pages of docs/reference are those of this code, and the catalogue of codes is complete. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { CODE_GROUPS } from "../src/cli/diagnostic-codes.ts";
import { allPages, GENERATED_FOLDERS } from "../tools/docs/pages.ts";

const root = resolve(import.meta.dirname, "..");

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

test("the generated pages are up to date: else run `npm run docs`", () => {
  const pages = allPages();
  const stale = pages.filter(({ path, text }) => read(path) !== text).map((p) => p.path);
  assert.deepEqual(stale, []);
  const expected = new Set(pages.map((p) => p.path));
  const left = GENERATED_FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  ).filter((path) => !expected.has(path));
  assert.deepEqual(left, []);
});

test("every code that the code reports is in the catalogue, and every code there is reported", () => {
  const used = new Map<string, string>();
  for (const name of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts") || name.endsWith("diagnostic-codes.ts")) continue;
    for (const [, found] of (read(`src/${name}`) ?? "").matchAll(/"(S[PW]\d{4})"/g)) used.set(found, name);
  }
  const listed = CODE_GROUPS.flatMap(({ codes }) => codes.map((entry) => entry.code));
  assert.equal(new Set(listed).size, listed.length, "a code stands in one group");
  assert.deepEqual([...used.keys()].sort(), [...listed].sort());
});

test("a range of codes belongs to one room", () => {
  const rooms = new Map<string, Set<string>>();
  for (const name of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts") || name.startsWith("cli")) continue;
    for (const [, range] of (read(`src/${name}`) ?? "").matchAll(/"(SP\d)\d{3}"/g))
      rooms.set(range, (rooms.get(range) ?? new Set()).add(name.split("/")[0]));
  }
  assert.deepEqual(
    [...rooms].filter(([, names]) => names.size > 1),
    [],
  );
});
