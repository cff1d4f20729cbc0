import assert from "node:assert/strict";
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Backup } from "./backup.ts";
import { open, seal } from "./seal.ts";
import { SealedMap } from "./sealed-map.ts";

const folder = await mkdtemp(join(tmpdir(), "sallyport-backup-"));
const values = (value: string) => new Map([["keyvault:x", { value, savedAt: 1, expiresAt: 2 }]]);

test("what is sealed opens with its key alone, and only whole", () => {
  const sealed = seal("secret text", "key");
  assert.equal(open(sealed, "key"), "secret text");
  assert.ok(!sealed.includes("secret"));
  assert.notDeepEqual(sealed, seal("secret text", "key"), "no two are alike");
  assert.throws(() => open(sealed, "other"), /its key is another one/);
  for (const at of [0, 10, 25, 40, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] ^= 1;
    assert.throws(() => open(changed, "key"), /damaged/, `byte ${at}`);
  }
  assert.throws(() => open(sealed.subarray(0, 20), "key"), /damaged/);
});

test("a backup is written for its owner, when something has changed; a damaged one gives the one before", async () => {
  const file = join(folder, "deep/er/backup");
  const backup = new Backup({ file, key: "k" });
  await assert.rejects(backup.read(), /there is no backup/);
  await backup.write(values("one"));
  assert.deepEqual(await backup.read(), values("one"));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const first = await readFile(file);
  await backup.write(values("one"));
  assert.deepEqual(await readFile(file), first);
  await backup.write(values("two"));
  assert.deepEqual(await new Backup({ file, key: "k" }).read(), values("two"));
  await writeFile(file, "half a fi");
  assert.deepEqual(await new Backup({ file, key: "k" }).read(), values("one"));
  await assert.rejects(new Backup({ file, key: "other" }).read(), /damaged/);
});

test("a sealed map is shared by those who know its key; writers do not overtake each other", async () => {
  const file = join(folder, "map");
  const [one, two] = [new SealedMap({ file, key: "k" }), new SealedMap({ file, key: "k" })];
  assert.equal(await one.get("a"), undefined);
  await Promise.all([one.set("a", "1"), one.set("b", "2"), one.set("a", "3")]);
  assert.deepEqual([await two.get("a"), await two.get("b")], ["3", "2"]);
  await assert.rejects(new SealedMap({ file, key: "x" }).get("a"), /cannot be used/);
});
