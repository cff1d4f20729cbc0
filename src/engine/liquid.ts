/**
 * Liquid templates of set-body, in the dialect of APIM (DotLiquid in C# mode): PascalCase filters, .NET date formats, the objects `body`
 * and `context`. The library is loaded when the first template is.
 * https://learn.microsoft.com/azure/api-management/set-body-policy#using-liquid-templates-with-set-body
 */
import { createRequire } from "node:module";
import type { Liquid, Template } from "liquidjs";
import { withOwnBudget } from "../csharp/runtime/budget.ts";
import { CsException } from "../csharp/runtime/values.ts";
import { NEEDS_REQUEST_BODY, NEEDS_RESPONSE_BODY } from "../kit/bodies.ts";
import type { Exchange, Section } from "../kit/exchange.ts";
import type { Value } from "../kit/value.ts";
import { registerDialect } from "./liquid-dialect.ts";
import { type TemplateOptions, templateScope } from "./liquid-scope.ts";

/** Bounds of one rendering: text made, and milliseconds, for which all other requests wait. */
const LIMITS = { parseLimit: 1_000_000, renderLimit: 500, memoryLimit: 50_000_000 };

let engine: Liquid | undefined;

function liquid(): Liquid {
  if (engine === undefined) {
    const library = createRequire(import.meta.url)("liquidjs") as typeof import("liquidjs");
    engine = new library.Liquid({
      ...LIMITS,
      ownPropertyOnly: true,
      relativeReference: false,
      templates: {},
      jsTruthy: false,
    });
    registerDialect(engine, library);
  }
  return engine;
}

export interface LiquidOptions extends TemplateOptions {
  readonly section: Section;
}

/** Parses a template; what is wrong with it is told in words. */
export function compileLiquid(template: string, options: LiquidOptions): Value<string> | { readonly problem: string } {
  let parsed: Template[];
  try {
    parsed = liquid().parse(template);
  } catch (error) {
    return { problem: `The Liquid template is wrong: ${(error as Error).message.split("\n")[0]}` };
  }
  return new LiquidValue(parsed, options, /\bbody\b/.test(template));
}

class LiquidValue implements Value<string> {
  readonly constant = undefined;
  readonly needs: number;
  readonly #template: Template[];
  readonly #options: LiquidOptions;

  constructor(template: Template[], options: LiquidOptions, readsBody: boolean) {
    this.#template = template;
    this.#options = options;
    const isRequest = options.section === "inbound" || options.section === "backend";
    this.needs = readsBody ? (isRequest ? NEEDS_REQUEST_BODY : NEEDS_RESPONSE_BODY) : 0;
  }

  get(exchange: Exchange): string {
    try {
      const scope = withOwnBudget(() => templateScope(exchange, this.needs === 0 ? undefined : this.#options));
      return liquid().renderSync(this.#template, scope) as string;
    } catch (error) {
      if (error instanceof CsException) throw error;
      throw new CsException("Liquid", `The Liquid template failed: ${(error as Error).message.split("\n")[0]}`);
    }
  }
}
