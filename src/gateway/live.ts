/** All that one configuration needs while it is in force, built before it is. */
import type { Plan } from "../engine/plan.ts";
import type { Program } from "../engine/program.ts";
import { secretValues } from "../resources/secret-values.ts";
import type { Product, Snapshot } from "../resources/snapshot.ts";
import { SecretMask } from "../telemetry/secret-mask.ts";
import { AgentPlans } from "./agent-plans.ts";
import { type ListenerRules, rulesOf } from "./listener-rules.ts";
import { ResourceMetadata } from "./resource-metadata.ts";
import { type RouteMatch, Router } from "./router.ts";
import { SubscriptionKeys } from "./subscription.ts";
import type { Watchers } from "./visit.ts";

export class Live {
  readonly program: Program;
  readonly snapshot: Snapshot;
  readonly router: Router;
  readonly keys: SubscriptionKeys;
  readonly metadata: ResourceMetadata;
  readonly #agents: AgentPlans;
  /** By listener; of those only that ask anything of a request. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  /** Of values that no trace and no log may show. */
  readonly secrets: SecretMask;
  /** Ids of APIs whose calls are calls of a model, whatever their policies say. */
  readonly modelApis: ReadonlySet<string>;

  constructor(program: Program, watchers: Watchers = {}) {
    this.program = program;
    this.snapshot = program.snapshot;
    this.router = new Router(program.snapshot);
    this.metadata = new ResourceMetadata(program.snapshot);
    this.keys = new SubscriptionKeys(program.snapshot);
    this.secrets = new SecretMask(secretValues(program.snapshot));
    const { settings } = program.snapshot;
    this.modelApis = new Set(settings.ai.apis);
    this.#agents = new AgentPlans({ program, router: this.router, modelApis: this.modelApis, watchers });
    const rules = settings.listeners.map((listener) => [listener.name, rulesOf(listener, settings)] as const);
    this.rules = new Map(rules.filter((entry): entry is [string, ListenerRules] => entry[1] !== undefined));
  }

  /** What an operation runs in a product context. */
  plan({ api, operation }: RouteMatch, product: Product | null): Plan {
    return this.#agents.planOf(api, operation, this.program.plan(api, operation, product));
  }
}
