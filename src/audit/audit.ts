/**
 * `sallyport audit`: which doors of a configuration are open. Every operation is walked by its composed plan, once for each way a caller
 * can come in; what is inherited counts as much as what stands in the operation's own document.
 */
import type { Plan } from "../engine/plan.ts";
import type { Program } from "../engine/program.ts";
import { operationsOf } from "../gateway/operation-table.ts";
import type { Places } from "../resources/places.ts";
import type { Api, Operation, Snapshot } from "../resources/snapshot.ts";
import { backendRules } from "./backend-rules.ts";
import { type Entrance, entrancesOf, startOf } from "./entrances.ts";
import type { Finding, Place } from "./finding.ts";
import { apiName, Findings, type Found } from "./findings.ts";
import { isModelOperation, isModelUrl } from "./models.ts";
import { callerRules, stepRules } from "./operation-rules.ts";
import { resourceRules } from "./resource-rules.ts";
import { type Target, walk, type Walked } from "./walk.ts";

export interface AuditOptions {
  /** Codes that nobody wants to see. */
  readonly ignored?: ReadonlySet<string>;
}

/** All findings, the most severe first. */
export function audit(program: Program, places: Places, options: AuditOptions = {}): readonly Finding[] {
  const { snapshot } = program;
  const auditor = new Auditor(program, places, options.ignored ?? new Set());
  for (const api of snapshot.apis) if (api.isOnline) auditor.api(api);
  auditor.resources();
  return auditor.findings.list();
}

class Auditor {
  readonly findings = new Findings();
  readonly #program: Program;
  readonly #snapshot: Snapshot;
  readonly #places: Places;
  readonly #ignored: ReadonlySet<string>;
  readonly #entities: ReadonlyMap<string, string>;

  constructor(program: Program, places: Places, ignored: ReadonlySet<string>) {
    this.#program = program;
    this.#snapshot = program.snapshot;
    this.#places = places;
    this.#ignored = ignored;
    const singles = [...this.#snapshot.backends.values()].filter((backend) => backend.type === "Single");
    this.#entities = new Map(singles.map(({ id, url }) => [url, id]));
  }

  api(api: Api): void {
    for (const operation of operationsOf(api))
      for (const entrance of entrancesOf(api, this.#snapshot)) this.#operation(api, operation, entrance);
  }

  resources(): void {
    for (const found of resourceRules(this.#snapshot, this.#places))
      if (!this.#ignored.has(found.code)) this.findings.add(found);
  }

  #operation(api: Api, operation: Operation, entrance: Entrance): void {
    const plan = this.#program.plan(api, operation, entrance.product);
    const walked = this.#walk(plan, api, operation, entrance);
    const { place, keyPlace, urlPlace } = this.#placesOf(api);
    const view = { entrance, walked, method: operation.method, place, keyPlace };
    const all: Found[] = [
      ...callerRules(view),
      ...stepRules(view),
      ...backendRules({ walked, snapshot: this.#snapshot, places: this.#places, place: urlPlace }),
    ];
    const silenced = this.#ignored.union(plan.silenced ?? new Set());
    const where = { api: apiName(api), operation: operation.id, entrance: entrance.words };
    for (const found of all) if (!silenced.has(found.code)) this.findings.add(found, where);
  }

  #walk(plan: Plan, api: Api, operation: Operation, entrance: Entrance): Walked {
    const walked = walk(plan, startOf(api, entrance, this.#snapshot), (url) => this.#entities.get(url));
    if (walked.end.isModel || !walked.reachesBackend) return walked;
    const isModel =
      isModelOperation(operation) || walked.end.targets.some((target) => this.#urlsOf(target).some(isModelUrl));
    return isModel ? { ...walked, end: { ...walked.end, isModel } } : walked;
  }

  /** Where an API says what: its policies, whether it wants a key, where its backend is. A revision has a folder of its own. */
  #placesOf({ id, revision, policy }: Api): { place: Place; keyPlace: Place; urlPlace: Place } {
    const kind = "apis";
    const own = { kind, id: `${id};rev=${revision}` } as const;
    const sought = this.#places.of(own) === undefined ? ({ kind, id } as const) : own;
    const description = this.#places.of(sought) ?? { file: `apis/${sought.id}`, line: 1 };
    return {
      place: policy === undefined ? description : { file: policy.source.file, line: 1 },
      keyPlace: this.#places.of(sought, "subscriptionRequired") ?? description,
      urlPlace: this.#places.of(sought, "serviceUrl") ?? description,
    };
  }

  #urlsOf(target: Target): readonly string[] {
    if (typeof target === "string") return [];
    if ("url" in target) return [target.url];
    const { backends } = this.#snapshot;
    const entity = backends.get(target.backend);
    const members = entity?.pool?.members.flatMap(({ id }) => backends.get(id)?.url ?? []) ?? [];
    return entity === undefined ? [] : [entity.url, ...members];
  }
}
