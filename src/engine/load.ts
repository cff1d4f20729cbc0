/**
 * Loading: a Snapshot and the list of policies become a Program, or diagnostics that say why not. No side effects: `check`, hot reload
 * and the management API all come this way.
 */
import { type Diagnostic, Diagnostics } from "../base/diagnostic.ts";
import { SourceText } from "../base/source-text.ts";
import { Compiler } from "../csharp/index.ts";
import { type } from "../csharp/types.ts";
import type { AnyPolicy } from "../kit/policy.ts";
import type { Scope } from "../kit/exchange.ts";
import { emptySnapshot } from "../resources/empty-snapshot.ts";
import type { Api, Operation, PolicyDocument, Product, Snapshot } from "../resources/snapshot.ts";
import { readXml } from "../xml/reader.ts";
import type { XmlElement } from "../xml/tree.ts";
import { type CompileEnvironment, compileDocument, compileLoose } from "./compile.ts";
import "./context/index.ts";
import { DocumentScope } from "./document-scope.ts";
import { type DocumentPlace, KnownVariables } from "./known-variables.ts";
import { substituteNamedValues } from "./named-values.ts";
import type { Plan } from "./plan.ts";
import type { Program } from "./program.ts";
import { composePlan, type ScopeSteps } from "./scope-steps.ts";
import { type CheckedDocument, warn } from "./warnings.ts";

export interface LoadResult {
  readonly program: Program | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What runs where no global document exists. */
const DEFAULT_GLOBAL: PolicyDocument = {
  source: new SourceText(
    "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>",
    "(default)",
  ),
};

const EMPTY_STEPS: ScopeSteps = { inbound: [], backend: [], outbound: [], onError: [] };

const SECTION_NAMES: ReadonlySet<string> = new Set(["inbound", "backend", "outbound", "on-error"]);

/** @param options.warn look for what would run, but surely not as it was meant */
export function loadProgram(
  snapshot: Snapshot,
  policies: readonly AnyPolicy[],
  options: { warn?: boolean } = {},
): LoadResult {
  const loader = new Loader(snapshot, policies, { isLoose: false, warn: options.warn ?? false });
  const compiled = loader.compileAll();
  if (loader.diagnostics.failed) return { program: undefined, diagnostics: loader.diagnostics.list };
  loader.compiler.link();
  return { program: new LoadedProgram(snapshot, compiled), diagnostics: loader.diagnostics.list };
}

/** Checks a loose document (`<policies>`, `<fragment>`, a section or bare policies) without a configuration. */
export function checkDocument(source: SourceText, policies: readonly AnyPolicy[]): readonly Diagnostic[] {
  const loader = new Loader(emptySnapshot(), policies, { isLoose: true, warn: true });
  loader.checkLoose(source);
  return loader.diagnostics.list;
}

/** Checks the documents of a configuration that could be read in part only: what they refer to may be there or not. */
export function checkPolicies(draft: Snapshot, policies: readonly AnyPolicy[]): readonly Diagnostic[] {
  const loader = new Loader(draft, policies, { isLoose: true, warn: false });
  loader.compileAll();
  return loader.diagnostics.list;
}

interface CompiledScopes {
  readonly global: ScopeSteps;
  readonly products: ReadonlyMap<Product, ScopeSteps>;
  readonly apis: ReadonlyMap<Api, ScopeSteps>;
  readonly operations: ReadonlyMap<Operation, ScopeSteps>;
}

class Loader {
  readonly diagnostics = new Diagnostics();
  readonly compiler = new Compiler({ globals: { context: type("IContext") } });
  readonly #snapshot: Snapshot;
  readonly #options: { readonly isLoose: boolean; readonly warn: boolean };
  readonly #environment: CompileEnvironment;
  readonly #fragments = new Map<string, { scope: DocumentScope; root: XmlElement } | undefined>();

  readonly #checked: [CheckedDocument, DocumentPlace][] = [];

  /** @param options.isLoose what the documents refer to may be unknown */
  constructor(
    snapshot: Snapshot,
    policies: readonly AnyPolicy[],
    options: { readonly isLoose: boolean; readonly warn: boolean },
  ) {
    this.#snapshot = snapshot;
    this.#options = options;
    this.#environment = {
      snapshot,
      policies: new Map(policies.map((p) => [p.name, p])),
      fragment: (id) => this.#fragment(id),
    };
  }

  compileAll(): CompiledScopes {
    const products = new Map<Product, ScopeSteps>();
    const apis = new Map<Api, ScopeSteps>();
    const operations = new Map<Operation, ScopeSteps>();
    const global = this.#document(this.#snapshot.policy ?? DEFAULT_GLOBAL, "global");
    for (const id of this.#snapshot.fragments.keys()) this.#checkFragment(id);
    for (const product of this.#snapshot.products.values()) {
      if (product.policy) products.set(product, this.#document(product.policy, "product"));
    }
    for (const api of this.#snapshot.apis) {
      if (api.policy) apis.set(api, this.#document(api.policy, "api", { api }));
      for (const operation of api.operations) {
        if (operation.policy)
          operations.set(operation, this.#document(operation.policy, "operation", { api, operation }));
      }
    }
    this.#warn();
    return { global, products, apis, operations };
  }

  checkLoose(source: SourceText): void {
    const { document, roots } = this.#read({ source });
    if (roots.length === 1 && roots[0].name === "policies") {
      compileDocument(this.#environment, document, roots[0], "operation");
      this.#warn();
      return;
    }
    for (const root of roots) {
      const isWrapper = root.name === "fragment" || root.name === "policies" || SECTION_NAMES.has(root.name);
      const elements = isWrapper ? root.children.filter((c) => c.kind === "element") : [root];
      compileLoose(this.#environment, document, elements);
    }
    this.#warn();
  }

  /** Once everything is compiled: what a document can count on may be said in another. */
  #warn(): void {
    const isKnown = !this.#options.isLoose && !this.diagnostics.failed;
    for (const { document, names } of new KnownVariables(this.#checked).documents())
      warn(document, isKnown ? names : undefined, this.diagnostics);
  }

  #document(policy: PolicyDocument, scope: Exclude<Scope, "fragment">, place: DocumentPlace = {}): ScopeSteps {
    const { document, roots } = this.#read(policy, place);
    const root = roots[0];
    if (root?.name !== "policies") {
      if (root !== undefined)
        document.error("SP2010", `A policy document starts with <policies>, not <${root.name}>`, root.start);
      return EMPTY_STEPS;
    }
    return compileDocument(this.#environment, document, root, scope);
  }

  #read(policy: PolicyDocument, place: DocumentPlace = {}): { document: DocumentScope; roots: readonly XmlElement[] } {
    const { isLoose } = this.#options;
    const source = substituteNamedValues(policy.source, this.#snapshot.namedValues, this.diagnostics, isLoose);
    const { roots, diagnostics } = readXml(source);
    this.diagnostics.add(diagnostics);
    const document = new DocumentScope(source, this.compiler, this.diagnostics, this.#options);
    if (document.findings) this.#checked.push([{ source, roots, findings: document.findings }, place]);
    return { document, roots };
  }

  #fragment(id: string): { scope: DocumentScope; root: XmlElement } | undefined {
    if (!this.#fragments.has(id)) {
      const policy = this.#snapshot.fragments.get(id);
      const read = policy && this.#read(policy);
      const root = read?.roots[0];
      if (root !== undefined && root.name !== "fragment") {
        read?.document.error("SP2010", `A policy fragment starts with <fragment>, not <${root.name}>`, root.start);
      }
      this.#fragments.set(id, read && root ? { scope: read.document, root } : undefined);
    }
    return this.#fragments.get(id);
  }

  /** A fragment that nobody includes is checked all the same. */
  #checkFragment(id: string): void {
    const found = this.#fragment(id);
    if (found === undefined) return;
    compileLoose(
      this.#environment,
      found.scope,
      found.root.children.filter((c) => c.kind === "element"),
    );
  }
}

class LoadedProgram implements Program {
  readonly snapshot: Snapshot;
  readonly #scopes: CompiledScopes;
  readonly #plans = new Map<Operation, Map<Product | null, Plan>>();
  readonly #refusals = new Map<Api | null, Plan>();

  constructor(snapshot: Snapshot, scopes: CompiledScopes) {
    this.snapshot = snapshot;
    this.#scopes = scopes;
  }

  plan(api: Api, operation: Operation, product: Product | null): Plan {
    let byProduct = this.#plans.get(operation);
    if (byProduct === undefined) {
      byProduct = new Map();
      this.#plans.set(operation, byProduct);
    }
    let plan = byProduct.get(product);
    if (plan === undefined) {
      const { global, products, apis, operations } = this.#scopes;
      const scopes = [operations.get(operation), apis.get(api), product ? products.get(product) : undefined, global];
      plan = composePlan(scopes.filter((s) => s !== undefined));
      byProduct.set(product, plan);
    }
    return plan;
  }

  refusalPlan(api: Api | null): Plan {
    let plan = this.#refusals.get(api);
    if (plan === undefined) {
      const { global, apis } = this.#scopes;
      plan = composePlan([api ? apis.get(api) : undefined, global].filter((s) => s !== undefined));
      this.#refusals.set(api, plan);
    }
    return plan;
  }
}
