/**
 * A policy document becomes ScopeSteps: each section's policies compiled once, `<base/>` kept as a marker. Nothing here has side
 * effects; every mistake becomes a diagnostic.
 */
import { closest } from "../base/closest.ts";
import type { Door, StepFacts } from "../kit/doors.ts";
import type { Scope, Section, StepPlace } from "../kit/exchange.ts";
import { prepare } from "../kit/bodies.ts";
import type { AnyPolicy, Block, CompileContext, Step } from "../kit/policy.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import type { XmlElement } from "../xml/tree.ts";
import type { DocumentScope } from "./document-scope.ts";
import { ElementReader } from "./element-config.ts";
import { compileLiquid } from "./liquid.ts";
import { KNOWN_POLICIES } from "./known-policies.ts";
import type { PlannedStep } from "./plan.ts";
import { runBlock } from "./run.ts";
import { BASE, type ScopeSection, type ScopeSteps } from "./scope-steps.ts";
import { silencedIn } from "./silence.ts";

/** Finds a fragment's document, read and ready to compile at the place that includes it. */
export type FragmentSource = (id: string) => { scope: DocumentScope; root: XmlElement } | undefined;

export interface CompileEnvironment {
  readonly snapshot: Snapshot;
  readonly policies: ReadonlyMap<string, AnyPolicy>;
  readonly fragment: FragmentSource;
}

/** Where policies are being compiled: grows with each nesting. */
interface Site {
  readonly document: DocumentScope;
  readonly scope: Exclude<Scope, "fragment">;
  readonly section: Section;
  readonly path: string;
  readonly inFragment: boolean;
  /** Codes that comments silence here. */
  readonly silenced: ReadonlySet<string>;
  /** A snippet without sections: nobody knows where it will stand. */
  readonly isSectionUnknown?: boolean;
}

type SectionKey = Exclude<keyof ScopeSteps, "silenced">;

const NOTHING: ReadonlySet<string> = new Set();

const SECTIONS: Readonly<Record<string, { key: SectionKey; section: Section }>> = {
  inbound: { key: "inbound", section: "inbound" },
  backend: { key: "backend", section: "backend" },
  outbound: { key: "outbound", section: "outbound" },
  "on-error": { key: "onError", section: "on-error" },
};

/** Compiles a `<policies>` document of a scope. A section that is absent inherits, as if it held `<base/>`. */
export function compileDocument(
  environment: CompileEnvironment,
  document: DocumentScope,
  root: XmlElement,
  scope: Exclude<Scope, "fragment">,
): ScopeSteps {
  const compiler = new PolicyCompiler(environment);
  const result: Record<SectionKey, ScopeSection> = {
    inbound: [BASE],
    backend: [BASE],
    outbound: [BASE],
    onError: [BASE],
  };
  const seen = new Set<string>();
  let whole = silencedIn(NOTHING, root.comments);
  const inDocument = whole;
  for (const element of root.children) {
    if (element.kind === "text") {
      if (element.value.text.trim() !== "")
        document.error("SP2013", "Unexpected text in <policies>", element.value.start);
      continue;
    }
    const target = Object.hasOwn(SECTIONS, element.name) ? SECTIONS[element.name] : undefined;
    if (target === undefined) {
      const hint = closest(element.name, Object.keys(SECTIONS));
      document.error(
        "SP2010",
        `<policies> has no section <${element.name}>`,
        element.start,
        hint ? `Did you mean <${hint}>?` : "Sections: inbound, backend, outbound, on-error.",
      );
    } else if (seen.has(element.name)) {
      document.error("SP2009", `<policies> takes only one <${element.name}>`, element.start);
    } else {
      seen.add(element.name);
      const silenced = silencedIn(inDocument, element.comments);
      whole = whole.union(silenced);
      result[target.key] = compiler.section(element, {
        document,
        scope,
        section: target.section,
        path: "",
        inFragment: false,
        silenced,
      });
    }
  }
  return { ...result, silenced: whole };
}

/** Compiles policies that stand alone (a loose snippet or a fragment document checked by itself): for their mistakes only. */
export function compileLoose(
  environment: CompileEnvironment,
  document: DocumentScope,
  elements: readonly XmlElement[],
): void {
  const compiler = new PolicyCompiler(environment);
  for (const element of elements) {
    const policy = environment.policies.get(element.name);
    const section = policy?.sections[0] ?? "inbound";
    if (element.name === "base") continue;
    compiler.policy(
      element,
      { document, scope: "global", section, path: "", inFragment: false, silenced: NOTHING, isSectionUnknown: true },
      1,
    );
  }
}

class PolicyCompiler {
  readonly #environment: CompileEnvironment;

  constructor(environment: CompileEnvironment) {
    this.#environment = environment;
  }

  section(element: XmlElement, site: Site): ScopeSection {
    return this.#policies(element, site, true);
  }

  #policies(parent: XmlElement, site: Site, allowBase: boolean): (PlannedStep | typeof BASE)[] {
    const steps: (PlannedStep | typeof BASE)[] = [];
    const counts = new Map<string, number>();
    for (const element of parent.children) {
      if (element.kind === "text") {
        if (element.value.text.trim() !== "") this.#strayText(parent, element.value.text, element.value.at, site);
        continue;
      }
      if (element.name === "base") {
        if (allowBase) steps.push(BASE);
        else
          site.document.error(
            "SP2014",
            "<base/> must stand directly in a section",
            element.start,
            "Move it out of the enclosing element.",
          );
        continue;
      }
      const index = (counts.get(element.name) ?? 0) + 1;
      counts.set(element.name, index);
      const step = this.policy(element, site, index);
      if (step !== undefined) steps.push(step);
    }
    return steps;
  }

  #strayText(parent: XmlElement, text: string, at: (index: number) => number, site: Site): void {
    const lead = text.length - text.trimStart().length;
    site.document.error("SP2013", `Unexpected text in <${parent.name}>`, at(lead), "Only policies may stand here.");
  }

  /** Compiles one policy element; undefined when it cannot be (reported). */
  policy(element: XmlElement, site: Site, index: number): PlannedStep | undefined {
    const policy = this.#environment.policies.get(element.name);
    if (policy === undefined) {
      this.#unknownPolicy(element, site);
      return undefined;
    }
    if (!site.isSectionUnknown && !policy.sections.includes(site.section)) {
      const hint = `It may stand in: ${policy.sections.join(", ")}.`;
      site.document.error("SP2005", `<${policy.name}> is not allowed in <${site.section}>`, element.start, hint);
    }
    const place = this.#place(element, site);
    const inner: Site = {
      ...site,
      path: `${place.path === "" ? "" : `${place.path}/`}${policy.name}[${index}]`,
      silenced: silencedIn(site.silenced, element.comments),
    };
    const reader = new ElementReader(site.document, (child) =>
      this.#block(child, child === element ? inner : nested(inner, child)),
    );
    const errorsBefore = site.document.errorCount;
    const config = reader.read(policy, element, true);
    // A configuration with mistakes is never run, and `compile` may count on what its types say.
    if (site.document.errorCount > errorsBefore) return undefined;
    const included: Block[] = [];
    const context = this.#context(element, inner, place, {
      needs: (needs) => {
        reader.needs |= needs;
      },
      includes: (block) => included.push(block),
    });
    const compiled = policy.compile(config as never, context);
    const { run, preflight } = typeof compiled === "function" ? { run: compiled, preflight: undefined } : compiled;
    const doors = (): readonly Door[] => policy.doors?.(config as never, place) ?? doorsInside(config, included);
    const facts: StepFacts = { place, silenced: inner.silenced, doors };
    return { run: withBodies(run, reader.needs), place, preflight, facts };
  }

  #unknownPolicy(element: XmlElement, site: Site): void {
    if (KNOWN_POLICIES.has(element.name)) {
      site.document.error(
        "SP2001",
        `The policy <${element.name}> is not supported yet`,
        element.start,
        "Remove it, or see `sallyport policies` for what is supported.",
      );
      return;
    }
    const near = closest(element.name, KNOWN_POLICIES);
    site.document.error(
      "SP2001",
      `There is no policy <${element.name}>`,
      element.start,
      near ? `Did you mean <${near}>?` : undefined,
    );
  }

  #place(element: XmlElement, site: Site): StepPlace {
    const id = element.attributes.find((a) => a.name === "id")?.value.text ?? "";
    return {
      policy: element.name,
      id,
      scope: site.scope,
      section: site.section,
      path: site.path,
      file: site.document.source.file,
      line: site.document.position(element.start).line,
    };
  }

  #block(element: XmlElement, site: Site): Block {
    const steps = this.#policies(element, site, false) as PlannedStep[];
    return blockOf(steps);
  }

  #context(element: XmlElement, site: Site, place: StepPlace, told: Told): CompileContext {
    const { document } = site;
    return {
      snapshot: this.#environment.snapshot,
      place,
      isLoose: document.isLoose,
      instance: `${document.source.file}#${site.section}/${site.path}`,
      error: (message, options = {}) => {
        const at = element.attributes.find((a) => a.name === options.attribute)?.start ?? element.start;
        document.error("SP2015", message, at, options.hint);
      },
      liquid: (template, options) => {
        const compiled = compileLiquid(template, { ...options, section: site.section });
        if ("problem" in compiled) {
          document.error("SP2017", compiled.problem, element.start);
          return undefined;
        }
        told.needs(compiled.needs);
        return compiled;
      },
      fragment: (id) => {
        const block = this.#fragment(id, element, site);
        if (block !== undefined) told.includes(block);
        return block;
      },
    };
  }

  /** A fragment is put in where it is included: its policies belong to the including scope and section. */
  #fragment(id: string, element: XmlElement, site: Site): Block | undefined {
    if (site.inFragment) {
      site.document.error("SP2016", "A fragment cannot include another fragment", element.start);
      return undefined;
    }
    const found = this.#environment.fragment(id);
    if (found === undefined) {
      if (site.document.isLoose) return blockOf([]);
      const near = closest(id, this.#environment.snapshot.fragments.keys());
      site.document.error(
        "SP2016",
        `There is no policy fragment "${id}"`,
        element.start,
        near ? `Did you mean "${near}"?` : 'Add it to the folder "policy fragments".',
      );
      return undefined;
    }
    const silenced = silencedIn(site.silenced, found.root.comments);
    const inside: Site = { ...site, document: found.scope, inFragment: true, silenced };
    return blockOf(this.#policies(found.root, inside, false) as PlannedStep[]);
  }
}

/** What compiling a policy says besides its step. */
interface Told {
  needs(needs: number): void;
  includes(block: Block): void;
}

function nested(site: Site, child: XmlElement): Site {
  return { ...site, path: `${site.path}/${child.name}`, silenced: silencedIn(site.silenced, child.comments) };
}

/** Of a policy that says nothing itself: the policies in it. */
function doorsInside(config: Readonly<Record<string, unknown>>, included: readonly Block[]): Door[] {
  const blocks = config.steps === undefined ? included : [config.steps as Block, ...included];
  return blocks.map(({ facts }) => ({ kind: "steps", steps: facts }));
}

function blockOf(steps: readonly PlannedStep[]): Block {
  return {
    run: (exchange) => runBlock(exchange, steps),
    each: steps.map((step) => ({ policy: step.place.policy, run: (exchange) => runBlock(exchange, [step]) })),
    facts: steps.flatMap(({ facts }) => facts ?? []),
  };
}

/** Sees to it that bodies which the step's expressions read are in memory first. */
function withBodies(run: Step, needs: number): Step {
  if (needs === 0) return run;
  return (exchange) => {
    const waiting = prepare(exchange, needs);
    return waiting === undefined ? run(exchange) : waiting.then(() => run(exchange));
  };
}
