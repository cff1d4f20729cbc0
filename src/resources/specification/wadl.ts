/**
 * Operations of a WADL document: nested resources, their methods, required query parameters, media types of responses.
 * https://www.w3.org/submissions/wadl/
 */
import type { Diagnostics } from "../../base/diagnostic.ts";
import type { SourceText } from "../../base/source-text.ts";
import { readXml } from "../../xml/reader.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { OperationResponse } from "../snapshot.ts";
import type { OperationDraft } from "./draft.ts";
import { OperationIds } from "./operation-ids.ts";

export function readWadl(source: SourceText, diagnostics: Diagnostics): readonly OperationDraft[] {
  const { roots, diagnostics: mistakes } = readXml(source);
  diagnostics.add(mistakes);
  const application = roots.find((root) => localName(root) === "application");
  if (application === undefined) {
    diagnostics.error("SP1109", "A WADL document starts with <application>", { file: source.file, line: 1, column: 1 });
    return [];
  }
  const ids = new OperationIds();
  return elements(application, "resources").flatMap((resources) =>
    elements(resources, "resource").flatMap((resource) => operationsOf(resource, "", [], ids)),
  );
}

function operationsOf(
  resource: XmlElement,
  parent: string,
  inherited: readonly string[],
  ids: OperationIds,
): OperationDraft[] {
  const path = `${parent}/${(attribute(resource, "path") ?? "").replace(/^\/+|\/+$/g, "")}`.replace(/\/+$/, "");
  const query = [...inherited, ...requiredQuery(resource)];
  const own = elements(resource, "method").flatMap((method) => {
    const name = attribute(method, "name");
    if (name === undefined) return [];
    const request = elements(method, "request");
    const pairs = new Set([...query, ...request.flatMap(requiredQuery)].map((q) => `${q}={${q}}`));
    const originalId = attribute(method, "id");
    const id = ids.make(originalId, name, path);
    const urlTemplate = (path || "/") + (pairs.size > 0 ? `?${[...pairs].join("&")}` : "");
    return [
      {
        id,
        originalId,
        name: titleOf(method) ?? originalId ?? id,
        method: name.toUpperCase(),
        urlTemplate,
        responses: responsesOf(method),
      },
    ];
  });
  return [...own, ...elements(resource, "resource").flatMap((inner) => operationsOf(inner, path, query, ids))];
}

function requiredQuery(parent: XmlElement): string[] {
  return elements(parent, "param")
    .filter((param) => attribute(param, "style") === "query" && attribute(param, "required") === "true")
    .flatMap((param) => attribute(param, "name") ?? []);
}

function responsesOf(method: XmlElement): OperationResponse[] {
  return elements(method, "response").flatMap((response) => {
    const media = elements(response, "representation").flatMap((r) => attribute(r, "mediaType") ?? []);
    const representations = [...new Set(media)].map((contentType) => ({ contentType, example: undefined }));
    const statuses = (attribute(response, "status") ?? "").split(/\s+/).filter((s) => /^[1-5]\d\d$/.test(s));
    return statuses.map((status) => ({
      status: Number(status),
      description: titleOf(response) ?? "",
      representations,
    }));
  });
}

function titleOf(element: XmlElement): string | undefined {
  const [doc] = elements(element, "doc");
  return doc && attribute(doc, "title");
}

function elements(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((c): c is XmlElement => c.kind === "element" && localName(c) === name);
}

function localName(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}

function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((a) => a.name === name)?.value.text;
}
