import assert from "node:assert/strict";
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addFiles, apiFiles, configFolder, type Files } from "../../test/support/config-folder.ts";
import { load, mistakes, POLICY, snapshotOf, warnings } from "../../test/support/load-config.ts";
import { loadFolder } from "./load.ts";

test("both spellings of the folders are read: with blanks and in camelCase", async () => {
  const common = {
    ...apiFiles("a", { apiVersion: "v1", apiVersionSetId: "/apiVersionSets/set" }),
    "policy.xml": POLICY,
  };
  const kinds = (fragments: string, values: string, sets: string): Files => ({
    ...common,
    [`${fragments}/f/policy.xml`]: "<fragment />",
    [`${values}/n/namedValueInformation.json`]: { properties: { displayName: "n", value: "v" } },
    [`${sets}/set/versionSetInformation.json`]: { properties: { versioningScheme: "Query", versionQueryName: "v" } },
  });
  for (const files of [
    kinds("policy fragments", "named values", "version sets"),
    kinds("policyFragments", "namedValues", "versionSets"),
  ]) {
    const snapshot = await snapshotOf(files);
    assert.deepEqual([...snapshot.fragments.keys()], ["f"]);
    assert.equal(snapshot.namedValues.get("n")?.value, "v");
    assert.deepEqual(snapshot.versionSets.get("set"), { id: "set", name: "set", scheme: "Query", parameter: "v" });
    assert.equal(snapshot.apis[0].versionSetId, "set");
    assert.equal(snapshot.policy?.source.text, POLICY);
  }
});

test("broken JSON and YAML name file, line and column, and all mistakes come at once", async () => {
  const said = await mistakes({
    "apis/a/apiInformation.json": '{\n "properties": {\n  "path": "a",\n }\n}',
    "apis/b/apiInformation.json": { properties: { path: "b", serviceUrl: "ftp://x", protocols: ["gopher"] } },
    "apis/b/specification.yaml": "openapi: 3.0.1\npaths:\n  /x:\n  - [",
    "apis/c/other.json": {},
  });
  assert.deepEqual(said, [
    'apis/a/apiInformation.json:3:14 SP1003 A comma before "}" | Remove the comma.',
    "apis/b/specification.yaml:4:6 SP1003 Flow sequence in block collection must be sufficiently indented and end with a ]",
    'apis/b/apiInformation.json:5:16 SP1006 "properties.protocols" holds "gopher", not one of http, https, ws, wss',
    'apis/b/apiInformation.json:4:17 SP1006 "properties.serviceUrl" has the protocol ftp',
    "apis/c SP1101 apis/c has no apiInformation.json | Extract again, or remove the folder.",
  ]);
});

test("a folder without an extract says so, and names the one inside", async () => {
  const folder = await configFolder({ "artifacts/apis/a/apiInformation.json": {} });
  const { diagnostics } = await loadFolder(folder);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.hint]),
    [["SP1107", `Did you mean ${folder}/artifacts?`]],
  );
  assert.deepEqual((await loadFolder(join(folder, "nope"))).diagnostics[0].code, "SP1001");
});

test("symbolic links are followed within the folder only", async () => {
  const outside = await mkdtemp(join(tmpdir(), "sallyport-outside-"));
  await writeFile(join(outside, "policy.xml"), "SECRET");
  const folder = await configFolder({ "..data/policy.xml": POLICY, ...apiFiles("a") });
  await symlink("..data/policy.xml", join(folder, "policy.xml"));
  await symlink(join(outside, "policy.xml"), join(folder, "apis/a/policy.xml"));
  await symlink("..", join(folder, "apis/loop"));
  const { snapshot, diagnostics } = await loadFolder(folder, { env: {} });
  assert.equal(snapshot?.policy?.source.text, POLICY);
  assert.equal(snapshot?.apis[0].policy, undefined);
  assert.deepEqual(
    diagnostics.map((d) => [d.severity, d.code, d.file]),
    [
      ["warning", "SP1008", "apis/loop"],
      ["warning", "SP1008", "apis/a/policy.xml"],
    ],
  );
});

test("files beyond the bounds are refused unread, and text must be UTF-8", async () => {
  const folder = await configFolder(apiFiles("a"));
  await addFiles(folder, { "policy.xml": "x".repeat(8 * 1024 * 1024 + 1), "apis/a/specification.json": "{}" });
  await writeFile(join(folder, "apis/a/policy.xml"), Buffer.from([0x3c, 0xff, 0xfe]));
  const { diagnostics } = await loadFolder(folder, { env: {} });
  assert.deepEqual(
    diagnostics.filter((d) => d.severity === "error").map((d) => [d.file, d.code]),
    [
      ["apis/a/specification.json", "SP1109"],
      ["apis/a/policy.xml", "SP1003"],
      ["policy.xml", "SP1002"],
    ],
  );
});

test("the version changes with any file read, and files and folders to watch are listed", async () => {
  const folder = await configFolder({ ...apiFiles("a"), "policy.xml": POLICY });
  const first = await loadFolder(folder, { env: {} });
  assert.equal((await loadFolder(folder, { env: {} })).snapshot?.version, first.snapshot?.version);
  await addFiles(folder, { "policy.xml": `${POLICY} ` });
  assert.notEqual((await loadFolder(folder, { env: {} })).snapshot?.version, first.snapshot?.version);
  for (const path of ["policy.xml", "apis/a/specification.json", "apis/a"])
    assert.ok(
      first.files.some((f) => f.endsWith(`/${path}`)),
      path,
    );
});

test("development makes keys for active subscriptions without one, the same at the next load", async () => {
  const subscription = (state: string) => ({ properties: { scope: "/apis", state } });
  const files = {
    ...apiFiles("a"),
    "subscriptions/s/subscriptionInformation.json": subscription("active"),
    "subscriptions/t/subscriptionInformation.json": subscription("cancelled"),
  };
  const devKeys = new Map<string, string>();
  const folder = await configFolder(files);
  const first = await loadFolder(folder, { dev: true, env: {}, devKeys });
  assert.deepEqual([...first.madeKeys.keys()], ["s"]);
  assert.match(first.madeKeys.get("s") ?? "", /^[0-9a-f]{32}$/);
  assert.equal(first.snapshot?.subscriptions[0].primaryKey, first.madeKeys.get("s"));
  assert.equal(first.snapshot?.settings.dev, true);
  const second = await loadFolder(folder, { dev: true, env: {}, devKeys });
  assert.equal(second.snapshot?.subscriptions[0].primaryKey, first.madeKeys.get("s"));
  assert.doesNotMatch(JSON.stringify(first.diagnostics), new RegExp(first.madeKeys.get("s") ?? "x"));
});

test("development without any subscription has an all-access key; otherwise keyless subscriptions are a warning", async () => {
  const { snapshot, madeKeys } = await load(apiFiles("a"), { dev: true });
  assert.deepEqual(
    [snapshot?.subscriptions.length, snapshot?.subscriptions[0].scope, [...madeKeys.keys()]],
    [1, { kind: "service" }, ["master"]],
  );
  const keyless = {
    ...apiFiles("a"),
    "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/apis" } },
  };
  assert.deepEqual(await warnings(keyless), ["SP1205 Subscriptions without a key cannot be used: s"]);
});
