/** Keeps the house in order: who may import whom, where vendor packages live, sizes of files, completeness of policies. See ARCHITECTURE.md. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { policies } from "../src/policies/index.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Room -> rooms it may import; a room may always import itself. Type-only imports count. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  xml: ["base"],
  csharp: ["base"],
  http: ["base"],
  state: ["base"],
  llm: ["base"],
  telemetry: ["base"],
  secrets: ["base"],
  queues: ["base"],
  resources: ["secrets", "xml", "base"],
  mcp: ["resources", "base"],
  kit: ["resources", "http", "state", "telemetry", "base"],
  policies: ["kit", "http", "llm", "base"],
  engine: ["kit", "resources", "xml", "csharp", "http", "telemetry", "base"],
  gateway: ["engine", "kit", "mcp", "resources", "secrets", "http", "telemetry", "base"],
  ledger: ["gateway", "policies", "engine", "kit", "resources", "csharp", "llm", "state", "telemetry", "base"],
  audit: ["gateway", "engine", "kit", "resources", "base"],
  admin: ["gateway", "engine", "kit", "resources", "secrets", "http", "telemetry", "base"],
  fleet: [
    "ledger",
    "gateway",
    "policies",
    "engine",
    "kit",
    "resources",
    "http",
    "queues",
    "state",
    "telemetry",
    "base",
  ],
};

/** Vendor package -> the one room that may import it. */
const VENDORS: Readonly<Record<string, string>> = {
  undici: "http",
  "gpt-tokenizer": "llm",
  ioredis: "state",
  pg: "state",
  jose: "policies",
  "@smithy/signature-v4": "policies",
  liquidjs: "engine",
  yaml: "resources",
  "@azure/identity": "secrets",
  "@azure/keyvault-secrets": "secrets",
  "@aws-sdk/client-secrets-manager": "secrets",
  "@googleapis/secretmanager": "secrets",
  "node-vault": "secrets",
  "@azure/monitor-ingestion": "telemetry",
  "@azure/service-bus": "queues",
  "@opentelemetry/sdk-logs": "telemetry",
  "@opentelemetry/exporter-logs-otlp-http": "telemetry",
  "@opentelemetry/resources": "telemetry",
  "@opentelemetry/api": "telemetry",
  "@opentelemetry/core": "telemetry",
  "@opentelemetry/sdk-trace": "telemetry",
  "@opentelemetry/sdk-metrics": "telemetry",
  "@opentelemetry/exporter-trace-otlp-http": "telemetry",
  "@opentelemetry/exporter-trace-otlp-proto": "telemetry",
  "@opentelemetry/exporter-metrics-otlp-http": "telemetry",
  "@opentelemetry/exporter-metrics-otlp-proto": "telemetry",
};

/** node:http and its kin are met in src/http alone. */
const HTTP_MODULES = new Set(["node:http", "node:https", "node:http2"]);
/** Names the types of their agents, for the rooms whose vendor clients take some. */
const AGENT_TYPES = "src/base/vendor-agents.ts";

const MAX_LINES = 400;
const MAX_TEST_LINES = 600;
/** Files that may be longer, up to 500 lines, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {
  "src/csharp/1-parse/ast.ts": "declarations only, one for each kind of node",
  "src/csharp/library/regex-machine.ts": "one loop over one instruction set",
  "src/csharp/library/xml-reader.ts": "one grammar, read top to bottom",
};

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const IMPORT =
  /^(?:import|export)\s+(?:type\s+)?(?:\*|[\w$]+|\{)[\w$\s,*{}]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

function sources(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), "utf8");
      const imports = [...text.matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? m[3]);
      return { path, room: path.split("/")[1], text, imports };
    });
}

const files = sources("src");
const production = files.filter((f) => !f.path.endsWith(".test.ts"));

test("rooms import only from the floors below", () => {
  const wrong: string[] = [];
  for (const file of production) {
    const allowed = FLOORS[file.room];
    if (allowed === undefined) continue;
    for (const target of file.imports.filter((i) => i.startsWith("."))) {
      const path = relative(root, resolve(root, dirname(file.path), target));
      const room = path.split("/")[1];
      if (room !== file.room && !allowed.includes(room)) wrong.push(`${file.path} imports ${path}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("every room has its floor", () => {
  const rooms = new Set(production.map((f) => f.room).filter((r) => !r.endsWith(".ts") && r !== "cli"));
  assert.deepEqual(
    [...rooms].filter((r) => !(r in FLOORS)),
    [],
  );
});

/** `@scope/name/part` -> `@scope/name`. */
function packageOf(name: string): string {
  return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}

test("vendor packages and node:http are met in one room each", () => {
  const wrong: string[] = [];
  for (const file of production) {
    for (const name of file.imports.filter((i) => !i.startsWith("."))) {
      if (HTTP_MODULES.has(name) && file.room !== "http" && file.path !== AGENT_TYPES)
        wrong.push(`${file.path} imports ${name}`);
      else if (!name.startsWith("node:") && VENDORS[packageOf(name)] !== file.room)
        wrong.push(`${file.path} imports ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

// Inside one folder a recursive grammar may be split over files that call each other; between folders nothing may go round.
test("imports have no cycles between folders", () => {
  const graph = new Map(production.map((f) => [f.path, localImports(f)]));
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      const cycle = trail.slice(trail.indexOf(path));
      if (new Set(cycle.map(dirname)).size > 1) cycles.push([...cycle, path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  assert.deepEqual(cycles, []);
});

function localImports(file: SourceFile): string[] {
  return file.imports.filter((i) => i.startsWith(".")).map((i) => relative(root, resolve(root, dirname(file.path), i)));
}

test("files stay short", () => {
  const all = [...files, ...sources("test"), ...sources("bench"), ...sources("examples")];
  const long = all
    .map((f) => ({ path: f.path, lines: f.text.split("\n").length - 1 }))
    .filter((f) => f.lines > (f.path in LONGER || f.path.endsWith(".test.ts") ? MAX_TEST_LINES : MAX_LINES));
  assert.deepEqual(long, []);
});

test("every file says in its header what it is for", () => {
  const silent = production
    .filter((f) => !/^(#!.*\n)?\/\*\*[\s\S]*?\*\/|^(#!.*\n)?\/\/ /.test(f.text))
    .map((f) => f.path);
  assert.deepEqual(silent, []);
});

test("no room is called utils, helpers, common, manager or service", () => {
  const vague = production
    .filter((f) => /(^|[/-])(utils?|helpers?|common|managers?|misc)(\.ts$|\/|-)/.test(f.path))
    .map((f) => f.path);
  assert.deepEqual(vague, []);
});

test("a policy is complete: module, index line, unit test, conformance case", () => {
  const missing: string[] = [];
  for (const { name } of policies) {
    for (const path of [`src/policies/${name}.ts`, `src/policies/${name}.test.ts`])
      if (!existsSync(join(root, path))) missing.push(path);
    const cases = join(root, "test/conformance/policies", name);
    if (!existsSync(cases) || readdirSync(cases).length === 0) missing.push(`test/conformance/policies/${name}/`);
  }
  assert.deepEqual(missing, []);
});

test("every policy module is in the index, in alphabetical order", () => {
  const modules = readdirSync(join(root, "src/policies"))
    .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && f !== "index.ts")
    .map((f) => f.slice(0, -3));
  const names = policies.map((p) => p.name);
  assert.deepEqual([...names].sort(), modules.sort());
  assert.deepEqual(names, [...names].sort());
});

test("every policy documents its attributes", () => {
  const silent = policies.flatMap((p) =>
    Object.entries(p.attributes ?? {})
      .filter(([, attribute]) => attribute.doc === "")
      .map(([name]) => `${p.name} ${name}`),
  );
  assert.deepEqual(silent, []);
});
