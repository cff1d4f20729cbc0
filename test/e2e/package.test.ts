/** What is published: `npm ci` works from the lockfile on every platform, and the packed command works where it is installed. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

interface LockedPackage {
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// npm ci refuses a lockfile that lacks an optional package of another platform, although it would not install it.
test("the lockfile holds the optional packages of every platform", async () => {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const packages: Readonly<Record<string, LockedPackage>> = lock.packages;
  const missing = Object.values(packages)
    .flatMap((p) => Object.keys(p.optionalDependencies ?? {}))
    .filter((name) => packages[`node_modules/${name}`] === undefined);
  assert.deepEqual(missing, []);
});

test("npm pack yields a package whose command works, with its data and without tests", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-package-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const name of ["src", "docs", "package.json", "tsconfig.json", "tsconfig.build.json", "README.md", "LICENSE"])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const packed = await execute("npm", ["pack", "--json", "--silent"], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[")));
  const names: string[] = files.map((f: { path: string }) => f.path);
  assert.deepEqual(
    names.filter((name) => /\.test|\.ts$/.test(name)),
    [],
  );
  for (const name of ["LICENSE", "README.md", "docs/guide/settings.md", "dist/csharp/library/surface.json"])
    assert.ok(names.includes(name), name);
  await execute("tar", ["xzf", filename], { cwd: folder });
  const command = join(folder, "package/dist/cli/sallyport.js");
  const run = (...args: string[]) => execute(process.execPath, [command, ...args]);
  assert.match((await run("version")).stdout, /^sallyport \d/);
  assert.match(
    (await run("eval", '@(context.Request.Method + new JObject(new JProperty("a", 1)).Count)')).stdout,
    /^POST1\n/,
  );
  assert.match((await run("policies", "rate-limit")).stdout, /renewal-period/);
});
