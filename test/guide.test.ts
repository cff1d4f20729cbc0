/** What README and the guide show is true: settings and policies load, commands have these options, links lead somewhere. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { parseArgs } from "node:util";
import { Diagnostics } from "../src/base/diagnostic.ts";
import { SourceText } from "../src/base/source-text.ts";
import { commandEntries } from "../src/cli/main.ts";
import { readCases } from "../src/cli/trial/case-file.ts";
import { KNOWN_POLICIES } from "../src/engine/known-policies.ts";
import { checkDocument } from "../src/engine/load.ts";
import { loadConfiguration } from "../src/main.ts";
import { policies } from "../src/policies/index.ts";
import { sallyport } from "./support/cli.ts";
import { configFolder } from "./support/config-folder.ts";

const root = resolve(import.meta.dirname, "..");
const guide = readdirSync(join(root, "docs/guide")).map((name) => `docs/guide/${name}`);
const examples = readdirSync(join(root, "examples")).map((name) => `examples/${name}/README.md`);
const own = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ...examples];
const pages = [...own, ...markdownIn("docs"), ...guide];

interface Snippet {
  /** Page and line. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}/${name}`);
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return { place: `${page}:${line}`, language: match[1], text: match[2] };
  });
}

const snippets = pages.flatMap(snippetsOf);

/** A word of other files, and parts that show one member of a section in its place. */
const NO_SETTINGS = /^(scrape_configs|currency|- run|image: \{ repository|answers|cases|openapi| )/;

/** Names and types; what settings refer to (variables, files, APIs) is the reader's. */
const MISTAKES_OF_SETTINGS = new Set(["SP1003", "SP1004", "SP1005", "SP1007"]);

test("settings in the guide have names and types that the gateway takes", async () => {
  const wrong: string[] = [];
  const shown = snippets.filter(({ language, text }) => language === "yaml" && !NO_SETTINGS.test(uncommented(text)));
  assert.ok(shown.length > 20, `${shown.length}`);
  for (const { place, text } of shown) {
    const folder = await configFolder({ "policy.xml": "<policies />", "sallyport.yaml": text });
    const { diagnostics } = await loadConfiguration(folder, { areSecretsOptional: true });
    for (const { code, message, line } of diagnostics)
      if (MISTAKES_OF_SETTINGS.has(code)) wrong.push(`${place}, line ${line}: ${message}`);
  }
  assert.deepEqual(wrong, []);
});

test("tests in the guide are read as such", async () => {
  const diagnostics = new Diagnostics();
  const shown = snippets.filter(({ text }) => /^(answers|cases):/.test(text));
  for (const { text } of shown) {
    const folder = await configFolder({ "a.test.yaml": text });
    assert.ok((await readCases(join(folder, "a.test.yaml"), diagnostics)).length > 0);
  }
  assert.deepEqual(diagnostics.list, []);
});

test("the folder that from-scratch.md makes loads, passes its own tests, and has no open door", async () => {
  const page = readFileSync(join(root, "docs/guide/from-scratch.md"), "utf8");
  const files = [...page.matchAll(/^`gateway\/([^`]+)`[^\n]*\n\n```\w+\n([\s\S]*?)^```/gm)];
  assert.ok(files.length > 5, `${files.length}`);
  const folder = await configFolder(Object.fromEntries(files.map(([, path, text]) => [path, text])));
  for (const command of [["check", "--no-secrets"], ["test"], ["audit"]]) {
    const { code, out, err } = await sallyport([...command, folder]);
    assert.equal(code, 0, `${command}: ${out}${err}`);
  }
});

function uncommented(yaml: string): string {
  return yaml.replace(/^(#.*\n)+/, "");
}

test("policies in the guide load", () => {
  // Elements of policies are written small; others are messages.
  const shown = snippets.filter(({ language, text }) => language === "xml" && !/^<[A-Z]/.test(text));
  assert.ok(shown.length > 8, `${shown.length}`);
  const wrong = shown.flatMap(({ place, text }) =>
    checkDocument(new SourceText(asDocument(text), place), policies)
      .filter(({ severity }) => severity === "error")
      .map(({ message, line }) => `${place}, line ${line}: ${message}`),
  );
  assert.deepEqual(wrong, []);
});

function asDocument(xml: string): string {
  const [first] = /<(?!!--)[\w-]+/.exec(xml) ?? [""];
  if (first === "<policies" || first === "<fragment") return xml;
  if (/^<(inbound|backend|outbound|on-error)$/.test(first)) return `<policies>${xml}</policies>`;
  return `<policies><inbound>${xml}</inbound></policies>`;
}

test("JSON in the guide is JSON", () => {
  for (const { place, language, text } of snippets)
    if (language === "json") assert.doesNotThrow(() => JSON.parse(text), `${place}`);
});

test("commands in the guide exist, with these options", async () => {
  const wrong: string[] = [];
  for (const { place, words } of commandLines()) {
    const entry = commandEntries.find(({ name }) => name === words[0]);
    if (entry === undefined) wrong.push(`${place}: there is no command ${words[0]}`);
    else {
      const { options } = await entry.load();
      try {
        parseArgs({ args: words.slice(1), options, allowPositionals: true, allowNegative: true, strict: true });
      } catch (error) {
        wrong.push(`${place}: ${(error as Error).message}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

/** Lines of shell snippets that call the gateway's command. */
function commandLines(): { place: string; words: string[] }[] {
  return snippets.flatMap(({ place, language, text }) => {
    if (language !== "sh" && language !== "yaml") return [];
    const lines = [...text.matchAll(/^(?:- run: |\w+=\S+ )*(?:npx )?sallyport +([a-z][^\n#|>&]*)/gm)];
    return lines.map(([, rest]) => ({ place, words: rest.trim().match(/'[^']*'|"[^"]*"|\S+/g) ?? [] }));
  });
}

test("links lead to files and headings that exist", () => {
  const wrong = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, path, anchor]) => {
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return [`${page}: ${path}`];
      if (anchor === undefined || anchorsOf(target).includes(anchor)) return [];
      return [`${page}: ${path}#${anchor}`];
    });
  });
  assert.deepEqual(wrong, []);
});

function anchorsOf(page: string): string[] {
  const headings = readFileSync(join(root, page), "utf8").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text]) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("README and the guide say how many policies there are, and name those that are not", () => {
  const missing = [...KNOWN_POLICIES].filter((name) => !policies.some((p) => p.name === name));
  const known = policies.filter((p) => KNOWN_POLICIES.has(p.name)).length;
  for (const page of ["README.md", "docs/guide/comparison.md"]) {
    const said = /(\d+) of (?:APIM's )?(\d+) policies/.exec(readFileSync(join(root, page), "utf8"));
    assert.deepEqual(said?.slice(1).map(Number), [known, KNOWN_POLICIES.size], page);
  }
  const differences = readFileSync(join(root, "docs/guide/differences.md"), "utf8");
  assert.deepEqual(
    missing.filter((name) => !differences.includes(`\`${name}\``)),
    [],
  );
});

test("scripts that README and CONTRIBUTING name are in package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/npm run (?:--\S+ )*([\w:]+)/g)].map(([, name]) => name),
  );
  assert.deepEqual(
    [...new Set(named)].filter((name) => scripts[name] === undefined),
    [],
  );
});

test("every package stands in docs/dependencies.md", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const page = readFileSync(join(root, "docs/dependencies.md"), "utf8");
  // Packages of OpenTelemetry share rows, without their common beginning.
  const missing = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .map((name) => name.replace(/^@opentelemetry\//, ""))
    .filter((name) => !page.includes(name));
  assert.deepEqual(missing, []);
});

test("every page of the guide stands in its index", () => {
  const index = readFileSync(join(root, "docs/guide/README.md"), "utf8");
  const missing = guide.filter((page) => !page.endsWith("README.md") && !index.includes(`](${page.slice(11)})`));
  assert.deepEqual(missing, []);
});
