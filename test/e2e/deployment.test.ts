/**
 * The chart and the image, as far as they can be judged without a cluster: no program that renders charts is installed here, so templates
 * are read as text and held against values, schema, settings and Dockerfile.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const chart = join(root, "deploy/helm/sallyport");
const values = parse(readFileSync(join(chart, "values.yaml"), "utf8"));
const schema = JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8"));
const templates = readdirSync(join(chart, "templates")).map((name) => ({
  name,
  text: readFileSync(join(chart, "templates", name), "utf8"),
}));
const dockerfile = readFileSync(join(root, "deploy/Dockerfile"), "utf8");

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
}

test("every value that a template asks for is there, with its default, and nothing is there for nobody", () => {
  const asked = new Set(
    templates.flatMap(({ text }) => [...text.matchAll(/\.Values((?:\.\w+)+)/g)].map((match) => match[1].slice(1))),
  );
  for (const path of asked) {
    let value: unknown = values;
    for (const name of path.split(".")) {
      assert.ok(typeof value === "object" && value !== null && name in value, `no default for ${path}`);
      value = (value as Record<string, unknown>)[name];
    }
  }
  for (const name of Object.keys(values))
    assert.ok(
      [...asked].some((path) => path.split(".")[0] === name),
      `nobody asks for ${name}`,
    );
});

test("the schema knows every value of the chart, and refuses others", () => {
  const compare = (value: unknown, known: Schema, path: string) => {
    if (known.properties === undefined) return;
    assert.equal(known.additionalProperties, false, `${path || "the whole"} lets misspelt values pass`);
    const names = Object.keys(known.properties).filter((name) => name !== "global");
    assert.deepEqual(Object.keys(value as object).sort(), names.sort(), path);
    for (const name of names) {
      const part: Schema = known.properties[name];
      const inner = (value as Record<string, unknown>)[name];
      compare(inner, part, `${path}.${name}`);
      if (part.type !== undefined) assert.equal(typeOf(inner), part.type, `${path}.${name}`);
    }
  };
  compare(values, schema, "");
});

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value)) return "integer";
  return typeof value;
}

test("blocks of templates are closed where they are opened", () => {
  for (const { name, text } of templates) {
    let depth = 0;
    for (const [, word] of text.matchAll(/\{\{-?\s*(\w+)/g)) {
      if (["if", "with", "range", "define"].includes(word)) depth++;
      if (word === "end") depth--;
      assert.ok(depth >= 0, name);
    }
    assert.equal(depth, 0, name);
    assert.equal(text.split("{{").length, text.split("}}").length, name);
  }
});

test("a pod is given the time that a drain takes, and cannot write, nor become root", () => {
  const { lameDuckMs, drainGraceMs } = defaultSettings().limits;
  assert.ok(values.terminationGracePeriodSeconds * 1_000 > lameDuckMs + drainGraceMs);
  const deployment = templates.find(({ name }) => name === "deployment.yaml")?.text ?? "";
  for (const line of [
    "runAsNonRoot: true",
    "readOnlyRootFilesystem: true",
    "allowPrivilegeEscalation: false",
    "capabilities: { drop: [ALL] }",
    "automountServiceAccountToken: false",
    "path: /readyz, port: admin",
    "path: /livez, port: admin",
  ])
    assert.ok(deployment.includes(line), line);
  assert.ok(values.disruptionBudget.minAvailable < values.autoscaling.minReplicas, "no node could ever be emptied");
});

test("the image runs the program that is built, without rights, on the Node that it asks for", () => {
  const { bin, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? "";
  assert.match(last, /^USER nonroot$/m);
  assert.match(last, /nodejs24-debian12:nonroot/);
  assert.ok(Number(/node:(\d+)/.exec(stages[0])?.[1]) >= Number(/\d+/.exec(engines.node)?.[0]));
  assert.ok(last.includes(`/app/${bin.sallyport}`), "the entry point is not what is built");
  assert.doesNotMatch(dockerfile, /^(ADD|ENV .*(KEY|TOKEN|SECRET|PASSWORD))/m);
  for (const [, source] of last.matchAll(/^COPY --from=build \/app\/(\S+)/gm))
    assert.ok(["package.json", "node_modules", "dist"].includes(source), source);
  const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
  for (const folder of ["node_modules", ".git"]) assert.ok(ignored.includes(folder), `${folder} gets into the image`);
});
