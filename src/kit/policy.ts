/**
 * The plug-in API: one object states everything about a policy. From it come parsing with line and column, the type of the
 * configuration, defaults, the section check, whether an expression is allowed, which bodies must be in memory before the step
 * runs, the reference page, the support table and the name in traces and LastError.
 */
import type { Snapshot } from "../resources/snapshot.ts";
import type { Attribute, AttributeConfig, Text, TextConfig } from "./attributes.ts";
import type { Door, StepFacts } from "./doors.ts";
import type { Exchange, Scope, Section, StepPlace } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";
import type { Value } from "./value.ts";

export type Step = (exchange: Exchange) => Outcome | Promise<Outcome>;

/** A step that also answers CORS preflight requests, for which nothing else is evaluated. */
export interface PreflightStep {
  readonly run: Step;
  readonly preflight: Step;
}

/** Compiled policies nested in an element. */
export interface Block {
  /** Runs them in order. */
  readonly run: Step;
  /** Each alone, with its policy name: for `wait`. */
  readonly each: readonly { readonly policy: string; readonly run: Step }[];
  /** What they mean for the doors, in order. */
  readonly facts: readonly StepFacts[];
}

/** What an element may hold; a policy is an element, and so are its children. */
export interface ElementSpec {
  readonly attributes?: Readonly<Record<string, Attribute<unknown>>>;
  readonly children?: Readonly<Record<string, ChildSpec>>;
  /** Text content (constant or expression). */
  readonly text?: Text<unknown>;
  /** Content is policies; given to `compile` as `steps`. */
  readonly steps?: true;
  readonly doc?: string;
}

export interface ChildSpec extends ElementSpec {
  /** Least number of occurrences; default 0. */
  readonly min?: number;
  /** `true`: any number (a list in the configuration); else at most one. */
  readonly many?: true;
}

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;

type AttributesConfig<A> = { readonly [K in keyof A & string as Camel<K>]: AttributeConfig<A[K]> };

type ChildConfig<C> = C extends { many: true }
  ? readonly ElementConfig<C>[]
  : C extends { min: 1 }
    ? ElementConfig<C>
    : ElementConfig<C> | undefined;

type ChildrenConfig<C> = { readonly [K in keyof C & string as Camel<K>]: ChildConfig<C[K]> };

/** What `compile` receives for an element: attributes by camelCase name, `children`, `text`, `steps`, and the line for messages. */
export type ElementConfig<E> = (E extends { attributes: infer A } ? AttributesConfig<A> : unknown) &
  (E extends { children: infer C } ? { readonly children: ChildrenConfig<C> } : unknown) &
  (E extends { text: infer T } ? { readonly text: TextConfig<T> } : unknown) &
  (E extends { steps: true } ? { readonly steps: Block } : unknown) & { readonly line: number };

export type PolicyCategory =
  | "Access restriction"
  | "Authentication"
  | "Caching"
  | "Cross-domain"
  | "Transformation"
  | "Routing"
  | "Control and flow"
  | "Integration"
  | "Logging";

/** What a policy may ask for while it is compiled. Nothing here has side effects. */
export interface CompileContext {
  readonly snapshot: Snapshot;
  readonly place: StepPlace;
  /** The document is checked alone, without a configuration: what it refers to cannot be looked up. */
  readonly isLoose: boolean;
  /** Stable identity of this policy instance in its document: for counters that belong to one definition. */
  readonly instance: string;
  /** Reports a mistake at the element, or at one of its attributes. */
  error(message: string, options?: { attribute?: string; line?: number; hint?: string }): void;
  /** A Liquid template over `body` and `context` (set-body template="liquid"), parsed now; mistakes are reported. */
  liquid(template: string, options: { xsiNil: "blank" | "null"; parseDates: boolean }): Value<string> | undefined;
  /** Compiled content of a policy fragment; undefined (and reported) when there is none of that id. */
  fragment(id: string): Block | undefined;
}

export interface PolicyDefinition<E extends ElementSpec = ElementSpec> extends ElementSpec {
  /** Element name. */
  readonly name: string;
  readonly sections: readonly Section[];
  readonly scopes: readonly Exclude<Scope, "fragment">[];
  readonly category: PolicyCategory;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** The page of Microsoft's reference, or where the policy is described. */
  readonly reference: string;
  compile(config: ElementConfig<E>, context: CompileContext): Step | PreflightStep;
  /** What the policy means for the doors, for `sallyport audit`. Default: what the policies inside it mean, all of them in order. */
  doors?(config: ElementConfig<E>, place: StepPlace): readonly Door[];
}

/** A definition whose configuration type was forgotten, as the engine handles it. */
export type AnyPolicy = Omit<PolicyDefinition, "compile" | "doors"> & {
  compile(config: never, context: CompileContext): Step | PreflightStep;
  doors?(config: never, place: StepPlace): readonly Door[];
};

type Attributes = Readonly<Record<string, Attribute<unknown>>>;
type Children = Readonly<Record<string, ChildSpec>>;

/** Declares a policy; the type of `config` follows from the attributes and children. */
export function definePolicy<
  const A extends Attributes = Record<never, never>,
  const C extends Children = Record<never, never>,
  T extends Text<unknown> | undefined = undefined,
  S extends true | undefined = undefined,
>(
  definition: Pick<PolicyDefinition, "name" | "sections" | "scopes" | "category" | "summary" | "reference"> & {
    attributes?: A;
    children?: C;
    text?: T;
    steps?: S;
    doc?: string;
    compile(
      config: ElementConfig<{ attributes: A; children: C; text: T; steps: S }>,
      context: CompileContext,
    ): Step | PreflightStep;
    doors?(config: ElementConfig<{ attributes: A; children: C; text: T; steps: S }>, place: StepPlace): readonly Door[];
  },
): AnyPolicy {
  return definition as unknown as AnyPolicy;
}

export const ALL_SECTIONS: readonly Section[] = ["inbound", "backend", "outbound", "on-error"];
export const ALL_SCOPES: readonly Exclude<Scope, "fragment">[] = ["global", "product", "api", "operation"];
