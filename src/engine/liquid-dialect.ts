/** What DotLiquid has and liquidjs has not: PascalCase filter names, .NET date formats, the tag JSONArrayFor. */
import type { Emitter, Liquid, TagToken, Template, TopLevelToken } from "liquidjs";
import { formatDateText } from "./liquid-dates.ts";

/** DotLiquid name -> liquidjs filter. */
const FILTERS: Readonly<Record<string, string>> = {
  Abs: "abs",
  Append: "append",
  AtLeast: "at_least",
  AtMost: "at_most",
  Capitalize: "capitalize",
  Compact: "compact",
  Default: "default",
  DividedBy: "divided_by",
  Downcase: "downcase",
  Escape: "escape",
  First: "first",
  H: "escape",
  Join: "join",
  Last: "last",
  Lstrip: "lstrip",
  Map: "map",
  Minus: "minus",
  Modulo: "modulo",
  NewlineToBr: "newline_to_br",
  Plus: "plus",
  Prepend: "prepend",
  Remove: "remove",
  RemoveFirst: "remove_first",
  Replace: "replace",
  ReplaceFirst: "replace_first",
  Round: "round",
  Rstrip: "rstrip",
  Size: "size",
  Slice: "slice",
  Sort: "sort",
  Split: "split",
  Strip: "strip",
  StripHtml: "strip_html",
  StripNewlines: "strip_newlines",
  Times: "times",
  Truncate: "truncate",
  TruncateWords: "truncatewords",
  Uniq: "uniq",
  Upcase: "upcase",
  UrlDecode: "url_decode",
  UrlEncode: "url_encode",
};

type Library = typeof import("liquidjs");

export function registerDialect(engine: Liquid, library: Library): void {
  for (const [name, own] of Object.entries(FILTERS))
    engine.registerFilter(name, library.filters[own as keyof typeof library.filters]);
  for (const name of ["Date", "date"])
    engine.registerFilter(name, (value: unknown, format: unknown) => formatDateText(value, format));
  engine.registerFilter(
    "Currency",
    (value: unknown) =>
      `¤${Number(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`,
  );
  engine.registerTag("JSONArrayFor", jsonArrayFor(library));
}

/** `{% JSONArrayFor item in list %}...{% endJSONArrayFor %}`: a for loop with commas between its turns. */
function jsonArrayFor(library: Library) {
  return class JsonArrayFor extends library.Tag {
    readonly #variable: string;
    readonly #collection: string;
    readonly #body: Template[] = [];

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
      super(token, remaining, liquid);
      const match = /^\s*([\w-]+)\s+in\s+(.+?)\s*$/.exec(token.args);
      if (match === null) throw new Error(`JSONArrayFor: expected "name in list", not "${token.args}"`);
      [, this.#variable, this.#collection] = match;
      const stream = liquid.parser
        .parseStream(remaining)
        .on("tag:endJSONArrayFor", () => stream.stop())
        .on("template", (template: Template) => this.#body.push(template))
        .on("end", () => {
          throw new Error("JSONArrayFor is not closed");
        });
      stream.start();
    }

    override *render(context: import("liquidjs").Context, emitter: Emitter): Generator<unknown, void, unknown> {
      const list = (yield this.liquid._evalValue(this.#collection, context)) as unknown;
      const items = Array.isArray(list) ? list : list === null || list === undefined ? [] : [list];
      for (const [index, item] of items.entries()) {
        context.push({ [this.#variable]: item });
        if (index > 0) emitter.write(",");
        yield this.liquid.renderer.renderTemplates(this.#body, context, emitter);
        context.pop();
      }
    }
  };
}
