/**
 * sallyport.yaml: what an extract lacks. Found beside the extract or named on the command line; absent, everything has
 * its default. All environments are checked, the chosen one is used.
 */
import { dirname, relative, resolve, sep } from "node:path";
import { Diagnostics } from "../../base/diagnostic.ts";
import { SourceText } from "../../base/source-text.ts";
import { type ConfigFolder, parsedDocument } from "../config-folder.ts";
import type { ObjectNode } from "../documents/data-node.ts";
import { didYouMean, Fields, type Reading, reportAt } from "../documents/fields.ts";
import { parseYaml } from "../documents/yaml.ts";
import { readAuthorizations } from "./authorization-settings.ts";
import { environmentsOf, settingsOf } from "./environments.ts";
import { type GatewaySettings, type ListenerOverride, readGatewaySettings } from "./gateway-settings.ts";
import { ROOT_KEYS } from "./keys.ts";
import { type Overrides, readOverrides } from "./overrides.ts";
import { readAuthorities, readSecretSettings, unread } from "./secret-settings.ts";

export interface SettingsOptions {
  /** Path of the settings file; default: sallyport.yaml in the folder, when it is there. */
  readonly file: string | undefined;
  readonly environment: string | undefined;
  readonly listener: ListenerOverride;
}

export interface ReadSettings {
  readonly gateway: GatewaySettings;
  readonly overrides: Overrides;
  /** The settings in force, environment and all: for sections that need secrets to be read. */
  readonly root: Fields;
  readonly reading: Reading;
  /** What relative paths in it start from. */
  readonly folder: string;
}

const NAMES = ["sallyport.yaml", "sallyport.yml"];

export async function readSettings(folder: ConfigFolder, options: SettingsOptions): Promise<ReadSettings> {
  const { diagnostics } = folder;
  const file = options.file ?? (await defaultFile(folder));
  const source = file === undefined ? undefined : await folder.readForeign(file, nameFor(folder, file));
  const document = source && parsedDocument(source, parseYaml(source.text), diagnostics);
  const reading = document?.reading ?? { source: new SourceText("", "sallyport.yaml"), diagnostics };
  let root: ObjectNode = { kind: "object", start: 0, end: 0, entries: new Map() };
  if (document?.root.kind === "object") root = document.root;
  // A file with comments alone is null.
  else if (document !== undefined && !(document.root.kind === "scalar" && document.root.value === null)) {
    reportAt(reading, document.root, "SP1004", "The settings must be an object");
  }
  const base = resolve(file === undefined ? folder.path : dirname(file));
  await checkEnvironments(root, reading, base, options);
  const chosen = settingsOf(root, options.environment);
  const sections = readSections(chosen, reading, base, options.listener);
  return { ...sections, root: new Fields(reading, chosen), reading, folder: base };
}

async function defaultFile(folder: ConfigFolder): Promise<string | undefined> {
  const { files } = await folder.list("");
  const name = NAMES.find((n) => files.includes(n));
  return name && resolve(folder.path, name);
}

/** As the author knows it: relative to the configuration when it is in there. */
function nameFor(folder: ConfigFolder, file: string): string {
  const inside = relative(resolve(folder.path), resolve(file));
  return inside.startsWith(`..${sep}`) || inside === ".." ? file : inside;
}

function readSections(
  node: ObjectNode,
  reading: Reading,
  folder: string,
  listener: ListenerOverride,
): { gateway: GatewaySettings; overrides: Overrides } {
  const root = new Fields(reading, node);
  root.rejectUnknown(ROOT_KEYS);
  return { gateway: readGatewaySettings(root, folder, listener), overrides: readOverrides(root) };
}

/** Mistakes of the environments that are not chosen are named too, each once. */
async function checkEnvironments(
  root: ObjectNode,
  reading: Reading,
  folder: string,
  options: SettingsOptions,
): Promise<void> {
  const whole = new Fields(reading, root);
  whole.object("environments");
  const environments = environmentsOf(root);
  for (const [name, entry] of environments) {
    if (entry.value.kind !== "object") {
      if (entry.value.kind === "list" || entry.value.value !== null) {
        reportAt(reading, entry.value, "SP1004", `"environments.${name}" must be an object`);
      }
      continue;
    }
    const nested = entry.value.entries.get("environments");
    if (nested !== undefined)
      reportAt(
        reading,
        { start: nested.keyStart, end: nested.keyEnd },
        "SP1007",
        "An environment cannot hold environments",
      );
    if (name !== options.environment)
      addWithin(reading, await scratchCheck(settingsOf(root, name), reading.source, folder), entry.value);
  }
  const { environment } = options;
  if (environment === undefined || environments.has(environment)) return;
  const known = [...environments.keys()];
  reading.diagnostics.error("SP1201", `There is no environment "${environment}" in the settings`, {
    ...(root.end > 0 ? { file: reading.source.file } : {}),
    hint:
      didYouMean(environment, known) ??
      (known.length > 0 ? `Known: ${known.join(", ")}.` : "Add it under environments:."),
  });
}

async function scratchCheck(node: ObjectNode, source: SourceText, folder: string): Promise<Diagnostics> {
  const diagnostics = new Diagnostics();
  const reading = { source, diagnostics };
  readSections(node, reading, folder, {});
  const [root, secrets] = [new Fields(reading, node), unread(reading)];
  await readSecretSettings(root, folder, secrets);
  await readAuthorities(root, secrets);
  await readAuthorizations(root, folder, secrets);
  return diagnostics;
}

/** Adds mistakes that stand in the environment itself: those of the base are reported with the chosen one. */
function addWithin(reading: Reading, found: Diagnostics, environment: ObjectNode): void {
  const from = reading.source.position(environment.start).line;
  const to = reading.source.position(environment.end).line;
  reading.diagnostics.add(found.list.filter(({ line }) => line !== undefined && line >= from && line <= to));
}
