import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { configFolder } from "../../test/support/config-folder.ts";
import { FileWatcher } from "./watch.ts";

/** A watcher whose changes are awaited one by one. */
function watching(t: TestContext): { watcher: FileWatcher; next: () => Promise<void>; count: () => number } {
  let count = 0;
  let wake: (() => void) | undefined;
  const watcher = new FileWatcher({
    settleMs: 20,
    onChange: () => {
      count++;
      wake?.();
    },
  });
  t.after(() => watcher.close());
  // The watcher lets the process end: a test that awaits it must not.
  const alive = setInterval(() => undefined, 1_000);
  t.after(() => clearInterval(alive));
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  return { watcher, next, count: () => count };
}

test("a change to a file that was read is told of, whether written or replaced", async (t) => {
  const folder = await configFolder({ "a/policy.xml": "1" });
  const { watcher, next } = watching(t);
  await watcher.update([join(folder, "a"), join(folder, "a/policy.xml")]);
  const written = next();
  await writeFile(join(folder, "a/policy.xml"), "2");
  await written;
  const replaced = next();
  await writeFile(join(folder, "a/new"), "3");
  await rename(join(folder, "a/new"), join(folder, "a/policy.xml"));
  await replaced;
});

test("new and removed files and folders in a folder that was listed are told of", async (t) => {
  const folder = await configFolder({ "apis/a/x": "" });
  const { watcher, next } = watching(t);
  await watcher.update([folder, join(folder, "apis")]);
  const added = next();
  await mkdir(join(folder, "apis/b"));
  await added;
  const removed = next();
  await rm(join(folder, "apis/b"), { recursive: true });
  await removed;
});

test("a file that was not read may grow without notice", async (t) => {
  const folder = await configFolder({ "policy.xml": "1", "access.log": "" });
  const { watcher, count } = watching(t);
  await watcher.update([folder, join(folder, "policy.xml")]);
  // One that does read the log settles later than the first would.
  const other = watching(t);
  await other.watcher.update([join(folder, "access.log")]);
  const grown = other.next();
  await appendFile(join(folder, "access.log"), "line\n");
  await grown;
  assert.equal(count(), 0);
});

test("what comes and goes beside the outermost folder is nobody's affair, but a folder that is replaced is", async (t) => {
  const folder = await configFolder({ "apim/policy.xml": "1", "next/policy.xml": "2" });
  const { watcher, count, next } = watching(t);
  await watcher.update([join(folder, "apim"), join(folder, "apim/policy.xml")]);
  const all = watching(t);
  await all.watcher.update([folder]);
  const seen = all.next();
  await writeFile(join(folder, "access.log"), "");
  await seen;
  assert.equal(count(), 0);
  const replaced = next();
  await rename(join(folder, "apim"), join(folder, "old"));
  await rename(join(folder, "next"), join(folder, "apim"));
  await replaced;
});

test("many writes close together are one change", async (t) => {
  const folder = await configFolder({ "policy.xml": "1" });
  const { watcher, next, count } = watching(t);
  await watcher.update([folder, join(folder, "policy.xml")]);
  const changed = next();
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, "policy.xml"), `${i}`);
  await changed;
  assert.equal(count(), 1);
});

test("folders of a later load are watched, and reported once for what may have come before", async (t) => {
  const folder = await configFolder({ "apis/a/x": "", "apis/b/y": "" });
  const { watcher, next } = watching(t);
  await watcher.update([join(folder, "apis/a/x")]);
  const added = next();
  await watcher.update([join(folder, "apis/a/x"), join(folder, "apis/b/y")]);
  await added;
  const changed = next();
  await writeFile(join(folder, "apis/b/y"), "2");
  await changed;
});

test("after close nothing is told", async (t) => {
  const folder = await configFolder({ x: "" });
  const { watcher, count } = watching(t);
  await watcher.update([join(folder, "x")]);
  watcher.close();
  await writeFile(join(folder, "x"), "2");
  const other = watching(t);
  await other.watcher.update([join(folder, "x")]);
  const changed = other.next();
  await writeFile(join(folder, "x"), "3");
  await changed;
  assert.equal(count(), 0);
});
