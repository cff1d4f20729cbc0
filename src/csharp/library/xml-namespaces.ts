/** Prefixes in scope while a tree is turned into JSON or back, as System.Xml.XmlNamespaceManager keeps them. */
import { XML_NAMESPACE, XMLNS_NAMESPACE } from "./xml-characters.ts";

/** Marks arrays in XML that came from JSON (`json:Array="true"`). */
export const JSON_NAMESPACE = "http://james.newtonking.com/projects/json";

export class NamespaceScopes {
  readonly #scopes: Map<string, string>[] = [
    new Map([
      ["xml", XML_NAMESPACE],
      ["xmlns", XMLNS_NAMESPACE],
    ]),
  ];

  push(): void {
    this.#scopes.push(new Map());
  }

  pop(): void {
    this.#scopes.pop();
  }

  add(prefix: string, uri: string): void {
    this.#scopes.at(-1)?.set(prefix, uri);
  }

  /** Takes the default namespace out of the innermost scope. */
  removeDefault(): void {
    this.#scopes.at(-1)?.delete("");
  }

  uriOf(prefix: string): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const uri = this.#scopes[i].get(prefix);
      if (uri !== undefined) return uri;
    }
    return undefined;
  }

  /** The prefix of a namespace, the innermost first; hidden ones do not count. */
  prefixOf(uri: string): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const prefixes = [...this.#scopes[i].keys()].reverse();
      const found = prefixes.find((p) => this.#scopes[i].get(p) === uri && this.uriOf(p) === uri);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
