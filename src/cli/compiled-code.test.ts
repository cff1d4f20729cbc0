/** The folder of compiled code: made for this user alone, refused where somebody else could write. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { privateFolder } from "./compiled-code.ts";

const parent = mkdtempSync(join(tmpdir(), "compiled-code-"));
after(() => rmSync(parent, { recursive: true }));

test("it is made for this user alone, and found again", () => {
  const path = privateFolder(parent);
  assert.ok(path !== undefined);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.equal(privateFolder(parent), path);
});

test("one where others could write is not used", () => {
  const path = privateFolder(parent) ?? "";
  chmodSync(path, 0o770);
  assert.equal(privateFolder(parent), undefined);
  chmodSync(path, 0o777);
  assert.equal(privateFolder(parent), undefined);
});

test("a link in its place is not followed, and a place where nothing can be made is no error", () => {
  const path = privateFolder(mkdtempSync(join(parent, "linked-"))) ?? "";
  const target = join(parent, "target");
  mkdirSync(target, { mode: 0o700 });
  rmSync(path, { recursive: true });
  symlinkSync(target, path);
  assert.equal(privateFolder(join(path, "..")), undefined);
  assert.equal(privateFolder(join(parent, "missing")), undefined);
});
