/**
 * Where the resources of a configuration stand in its files, and which of their secrets stand there as plain text. Kept only when a load
 * is asked for it: a running gateway has no use for it.
 */
import { isLiteral } from "../secrets/source.ts";
import { kindOf, type ReadKind } from "./apiops/layout.ts";
import { REDACTED } from "./apiops/subscriptions.ts";
import { child, type DataNode, placeOf } from "./documents/data-node.ts";
import type { Fields } from "./documents/fields.ts";

export interface FilePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Sections of the settings, by the kind of resource that they override. */
const SECTIONS: Readonly<Partial<Record<ReadKind, string>>> = {
  apis: "apis",
  subscriptions: "subscriptions",
  namedvalues: "namedValues",
  backends: "backends",
};

/** A resource as it is looked for: by its id, and by its display name where that is what people write. */
export interface Sought {
  readonly kind: ReadKind;
  readonly id: string;
  readonly name?: string;
}

export class Places {
  readonly #resources = new Map<string, Fields>();
  #settings: Fields | undefined;

  /** @param path of the resource's folder: `named values/key` */
  addResource(path: string, properties: Fields): void {
    const [folder, id] = path.split("/");
    this.#resources.set(`${kindOf(folder)}/${id}`, properties);
  }

  addSettings(settings: Fields): void {
    this.#settings = settings;
  }

  /** Where a resource, or a property of it, is said; the settings go first, as they win. */
  of(sought: Sought, property?: string): FilePlace | undefined {
    const inSettings = this.#override(sought);
    const resource = this.#resources.get(`${sought.kind}/${sought.id}`);
    if (property !== undefined) {
      const own = inSettings && child(inSettings, property);
      if (own !== undefined) return this.#settingsPlace(own);
      const node = resource?.get(property);
      if (resource !== undefined && node !== undefined) return at(resource, node);
    }
    if (resource !== undefined) return at(resource, resource.node);
    return inSettings && this.#settingsPlace(inSettings);
  }

  /** Where a setting stands: `listeners`, 0; undefined when the settings do not say it. */
  ofSetting(name: string, index?: number): FilePlace | undefined {
    const node = this.#settings?.get(name);
    if (node === undefined) return undefined;
    const item = index !== undefined && node.kind === "list" ? node.items[index] : node;
    return this.#settingsPlace(item ?? node);
  }

  /**
   * Where the texts under the properties of a resource stand in plain text: in the settings when these give them, else in the extract.
   * @param inSettings names of the properties there; "": the short form, too
   */
  plainTexts(sought: Sought, inSettings: readonly string[], inExtract: readonly string[]): readonly FilePlace[] {
    const override = this.#override(sought);
    if (override?.kind === "scalar" && inSettings.includes(""))
      return isPlain(override) ? [this.#settingsPlace(override)] : [];
    const given = override === undefined ? [] : inSettings.flatMap((name) => child(override, name) ?? []);
    if (given.length > 0)
      return given
        .flatMap(textsIn)
        .filter(isPlain)
        .map((node) => this.#settingsPlace(node));
    const resource = this.#resources.get(`${sought.kind}/${sought.id}`);
    if (resource === undefined || resource.get("keyVault") !== undefined) return [];
    const nodes = inExtract.flatMap((path) => resolve(resource.node, path.split(".")) ?? []);
    return nodes
      .flatMap(textsIn)
      .filter((node) => node.text !== "" && node.text !== REDACTED && !node.text.includes("{{"))
      .map((node) => at(resource, node));
  }

  #override({ kind, id, name }: Sought): DataNode | undefined {
    const section = SECTIONS[kind];
    if (section === undefined) return undefined;
    const entries = this.#settings?.entries(section) ?? [];
    return entries.find(([key]) => key === name || key.toLowerCase() === id.toLowerCase())?.[1];
  }

  #settingsPlace(node: DataNode): FilePlace {
    return at(this.#settings as Fields, node);
  }
}

type Scalar = DataNode & { kind: "scalar" };

function resolve(node: DataNode, [name, ...rest]: readonly string[]): DataNode | undefined {
  const next = child(node, name);
  return next === undefined || rest.length === 0 ? next : resolve(next, rest);
}

function textsIn(node: DataNode): Scalar[] {
  if (node.kind === "scalar") return node.value === null ? [] : [node];
  return node.kind === "list"
    ? node.items.flatMap(textsIn)
    : [...node.entries.values()].flatMap((e) => textsIn(e.value));
}

function isPlain(node: Scalar): boolean {
  return node.text !== "" && isLiteral(node.text);
}

function at({ reading }: Fields, { start }: DataNode): FilePlace {
  const { file = "", line = 1 } = placeOf(reading.source, start);
  return { file, line };
}
