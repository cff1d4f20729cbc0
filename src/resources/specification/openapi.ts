/**
 * Operations of an OpenAPI document (2.0, 3.0, 3.1) as APIM imports them: paths and `x-ms-paths`, operation names by
 * its rule, required query parameters as part of the URL template, responses with examples or samples for
 * mock-response.
 * https://learn.microsoft.com/azure/api-management/api-management-api-import-restrictions
 */
import type { ReadDocument } from "../config-folder.ts";
import { type DataNode, child, stringOf } from "../documents/data-node.ts";
import { reportAt } from "../documents/fields.ts";
import type { OperationDraft } from "./draft.ts";
import { OperationIds } from "./operation-ids.ts";
import { responsesOf } from "./openapi-responses.ts";
import { dereference } from "./schema-sample.ts";
import { openApiInput } from "./tool-input.ts";

const METHODS: readonly string[] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export function readOpenApi(document: ReadDocument): readonly OperationDraft[] {
  const { root, reading } = document;
  const version =
    root.kind === "object" ? (textOf(child(root, "openapi")) ?? textOf(child(root, "swagger"))) : undefined;
  if (version === undefined || !/^(2\.0|3\.[01])(\.|$)/.test(version)) {
    const what =
      version === undefined
        ? 'Neither "openapi" nor "swagger" says what this is'
        : `OpenAPI ${version} is not supported`;
    reportAt(reading, { start: root.start, end: root.start }, "SP1109", what, "OpenAPI 2.0, 3.0 and 3.1 are.");
    return [];
  }
  const ids = new OperationIds();
  const operations: OperationDraft[] = [];
  for (const section of ["paths", "x-ms-paths"]) {
    const paths = child(root, section);
    if (paths?.kind !== "object") continue;
    for (const [path, entry] of paths.entries) {
      if (path.startsWith("x-")) continue;
      if (!path.startsWith("/")) {
        const range = { start: entry.keyStart, end: entry.keyEnd };
        reportAt(reading, range, "SP1109", `The path "${path}" does not begin with a slash`, `Write "/${path}".`);
        continue;
      }
      operations.push(...operationsOfPath(root, path, dereference(root, entry.value), ids));
    }
  }
  return operations;
}

function operationsOfPath(
  root: DataNode,
  path: string,
  item: DataNode | undefined,
  ids: OperationIds,
): OperationDraft[] {
  if (item?.kind !== "object") return [];
  const shared = parametersOf(root, item);
  const operations: OperationDraft[] = [];
  for (const method of METHODS) {
    const operation = child(item, method);
    if (operation?.kind !== "object") continue;
    const originalId = textOf(child(operation, "operationId"));
    const id = ids.make(originalId, method, path);
    operations.push({
      id,
      originalId,
      name: textOf(child(operation, "summary")) ?? originalId ?? id,
      method: method.toUpperCase(),
      urlTemplate: templateOf(path, [...parametersOf(root, operation), ...shared]),
      responses: responsesOf(root, operation),
      input: () => openApiInput(root, item, operation),
    });
  }
  return operations;
}

interface Parameter {
  readonly name: string;
  readonly location: string;
  readonly isRequired: boolean;
}

function parametersOf(root: DataNode, node: DataNode): Parameter[] {
  const list = child(node, "parameters");
  if (list?.kind !== "list") return [];
  return list.items.flatMap((item) => {
    const parameter = dereference(root, item);
    const name = textOf(child(parameter, "name"));
    const location = textOf(child(parameter, "in"));
    if (name === undefined || location === undefined) return [];
    const required = child(parameter, "required");
    return [{ name, location, isRequired: required?.kind === "scalar" && required.value === true }];
  });
}

/**
 * Required query parameters become template parameters, so that operations on one path can be told apart by them. Names
 * are unique in a template: a query parameter that the path names already, or that the operation declares anew, is not
 * added again.
 */
function templateOf(path: string, parameters: readonly Parameter[]): string {
  const question = path.indexOf("?");
  const query =
    question < 0
      ? []
      : path
          .slice(question + 1)
          .split("&")
          .filter((p) => p !== "");
  const taken = new Set([...path.matchAll(/\{\*?([^}]+)\}/g)].map((m) => m[1].toLowerCase()));
  const named = new Set(query.map((pair) => pair.split("=", 1)[0].toLowerCase()));
  for (const { name, location, isRequired } of parameters) {
    const key = name.toLowerCase();
    if (location !== "query" || taken.has(key) || named.has(key)) continue;
    named.add(key);
    if (!isRequired) continue;
    taken.add(key);
    query.push(`${name}={${name}}`);
  }
  const base = question < 0 ? path : path.slice(0, question);
  return query.length === 0 ? base : `${base}?${query.join("&")}`;
}

function textOf(node: DataNode | undefined): string | undefined {
  return stringOf(node) ?? (node?.kind === "scalar" && typeof node.value === "number" ? node.text : undefined);
}
