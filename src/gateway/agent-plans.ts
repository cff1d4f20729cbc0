/**
 * Plans of MCP servers and agents: the policies of their API around what their protocol needs. Tools are answered in the place of the
 * backend; what is passed through is pointed to its server before the first policy, so that policies may point it elsewhere.
 */
import type { ExchangeState } from "../engine/exchange.ts";
import type { Plan, PlannedStep } from "../engine/plan.ts";
import type { StepPlace } from "../kit/exchange.ts";
import type { Step } from "../kit/policy.ts";
import type { Api, Operation } from "../resources/snapshot.ts";
import { type Part, partOf } from "./agent-operations.ts";
import { EventSessions } from "./event-sessions.ts";
import { toAgent, toServer } from "./passed-through.ts";
import type { ToolRunner } from "./tool-call.ts";
import { ToolEndpoint } from "./tool-endpoint.ts";

/** Streams outlive a configuration. */
const sessions = new EventSessions();

export class AgentPlans {
  readonly #endpoints = new Map<Api, ToolEndpoint>();
  readonly #plans = new WeakMap<Plan, Map<Part, Plan>>();

  constructor(runner: ToolRunner) {
    for (const api of runner.program.snapshot.apis)
      if (api.mcp?.tools !== undefined) this.#endpoints.set(api, new ToolEndpoint(api, api.mcp, runner, sessions));
  }

  /** The plan as it is, unless the operation belongs to a protocol of agents. */
  planOf(api: Api, operation: Operation, plan: Plan): Plan {
    const part = partOf(operation);
    if (part === undefined) return plan;
    let byPart = this.#plans.get(plan);
    if (byPart === undefined) {
      byPart = new Map();
      this.#plans.set(plan, byPart);
    }
    let made = byPart.get(part);
    if (made === undefined) {
      made = this.#make(api, part, plan);
      byPart.set(part, made);
    }
    return made;
  }

  #make(api: Api, part: Part, plan: Plan): Plan {
    const endpoint = this.#endpoints.get(api);
    if (endpoint !== undefined) {
      const first = step("inbound", (x) => endpoint.checkOrigin(x));
      const answer = step("backend", (x) => endpoint.answer(x as ExchangeState, part));
      return { ...plan, inbound: [first, ...plan.inbound], backend: [answer] };
    }
    const { mcp, agent } = api;
    if (mcp !== undefined)
      return { ...plan, inbound: [step("inbound", (x) => toServer(x, part, mcp)), ...plan.inbound] };
    if (agent !== undefined)
      return { ...plan, inbound: [step("inbound", (x) => toAgent(x, part, agent)), ...plan.inbound] };
    return plan;
  }
}

function step(section: "inbound" | "backend", run: Step): PlannedStep {
  const place: StepPlace = {
    policy: section === "backend" ? "forward-request" : "mcp",
    id: "",
    scope: "global",
    section,
    path: "",
    file: "",
    line: 0,
  };
  return { run, place };
}
