/**
 * Operations of one API: from its definition, completed and overridden by operations/<id>/operationInformation.json,
 * with the policy of operations/<id>/policy.xml. A policy whose operation does not exist is a mistake: a gateway never
 * skips a policy it was told to run.
 */
import { closest } from "../../base/closest.ts";
import type { OperationDraft } from "../specification/draft.ts";
import { readOpenApi } from "../specification/openapi.ts";
import { normalizeId } from "../specification/operation-ids.ts";
import { armInput, type OperationInput } from "../specification/tool-input.ts";
import { templateProblem, templateShape } from "../specification/url-template.ts";
import { readWadl } from "../specification/wadl.ts";
import type { Fields } from "../documents/fields.ts";
import type { Operation, OperationResponse, PolicyDocument } from "../snapshot.ts";
import { type Extract, type Item, itemsIn, kindOf, policyOf } from "./layout.ts";

/** How to read what an operation takes, kept beside the operations: only those offered as tools are asked. */
const inputs = new WeakMap<Operation, () => OperationInput>();

export function inputOf(operation: Operation): OperationInput {
  return inputs.get(operation)?.() ?? { description: operation.name, parameters: [], body: undefined };
}

/** The API's definition among its files. */
export function specificationOf(api: Item): string | undefined {
  return api.listing.files.find((name) => /^specification\.(ya?ml|json|wadl|wsdl|graphql|gql)$/i.test(name));
}

/** Folders of operations, for any spelling of `operations`. */
export async function operationItems(extract: Extract, api: Item): Promise<Item[]> {
  const folders = api.listing.folders
    .filter((name) => kindOf(name) === "operations")
    .map((name) => `${api.path}/${name}`);
  return itemsIn(extract, folders);
}

export async function readOperations(extract: Extract, api: Item): Promise<readonly Operation[]> {
  const drafts = await readSpecification(extract, api);
  const byId = indexDrafts(drafts);
  const operations = new Map<OperationDraft | Item, Operation>(drafts.map((d) => [d, withoutOriginal(d)]));
  const own = new Map<OperationDraft | Item, Fields>();
  for (const item of await operationItems(extract, api)) {
    const draft = byId.get(item.id.toLowerCase()) ?? byId.get(normalizeId(item.id));
    const information = item.listing.files.includes("operationInformation.json");
    const fields = information ? await extract.folder.readFields(`${item.path}/operationInformation.json`) : undefined;
    const properties = fields?.object("properties");
    const operation = operationOf(item, draft, properties);
    if (draft === undefined && properties !== undefined) own.set(item, properties);
    if (operation !== undefined) {
      operations.set(draft ?? item, { ...operation, policy: await policyOf(extract, item) });
    } else if (item.listing.files.includes("policy.xml") && !information) {
      reportStray(
        extract,
        api,
        item,
        drafts.map((d) => d.originalId ?? d.id),
      );
    }
  }
  for (const [source, operation] of operations) {
    const properties = own.get(source);
    const input = properties === undefined ? (source as OperationDraft).input : () => armInput(properties);
    if (input !== undefined) inputs.set(operation, input);
  }
  const list = [...operations.values()];
  checkTemplates(extract, api, list);
  return list;
}

/**
 * The one operation of a WebSocket API: its handshake.
 * https://learn.microsoft.com/azure/api-management/websocket-api#onhandshake-operation
 */
export async function readHandshake(extract: Extract, api: Item): Promise<readonly Operation[]> {
  const handshake = { id: "onHandshake", name: "onHandshake", method: "GET", urlTemplate: "/*", responses: [] };
  let policy: PolicyDocument | undefined;
  for (const item of await operationItems(extract, api)) {
    if (item.id.toLowerCase() === "onhandshake") policy = await policyOf(extract, item);
    else if (item.listing.files.includes("policy.xml")) reportStray(extract, api, item, [handshake.id]);
  }
  return [{ ...handshake, policy }];
}

function reportStray(extract: Extract, api: Item, item: Item, known: readonly string[]): void {
  const near = closest(item.id, known);
  const message = `The policy belongs to an operation "${item.id}" that API "${api.id}" does not have`;
  extract.folder.diagnostics.error("SP1104", message, {
    file: `${item.path}/policy.xml`,
    hint: near === undefined ? `Its operations: ${known.slice(0, 8).join(", ") || "none"}.` : `Did you mean "${near}"?`,
  });
}

/** By original id first, then by normalised id: folders carry the one or the other. */
function indexDrafts(drafts: readonly OperationDraft[]): Map<string, OperationDraft> {
  const index = new Map<string, OperationDraft>();
  for (const draft of drafts) if (draft.originalId !== undefined) index.set(draft.originalId.toLowerCase(), draft);
  for (const draft of drafts) if (!index.has(draft.id)) index.set(draft.id, draft);
  return index;
}

function withoutOriginal(draft: OperationDraft): Operation {
  const { id, name, method, urlTemplate, responses } = draft;
  return { id, name, method, urlTemplate, responses, policy: undefined };
}

async function readSpecification(extract: Extract, api: Item): Promise<readonly OperationDraft[]> {
  const file = specificationOf(api);
  if (file === undefined) return [];
  const path = `${api.path}/${file}`;
  const extension = file.slice(file.lastIndexOf(".") + 1).toLowerCase();
  if (extension === "wadl") {
    const source = await extract.folder.read(path);
    return source === undefined ? [] : readWadl(source, extract.folder.diagnostics);
  }
  if (extension === "yaml" || extension === "yml" || extension === "json") {
    const document = await extract.folder.readDocument(path);
    return document === undefined ? [] : readOpenApi(document);
  }
  extract.folder.diagnostics.warning("SP1108", `No operations are read from ${file}`, {
    file: path,
    hint: "Give the API an OpenAPI document (specification.yaml) to have its operations served.",
  });
  return [];
}

/**
 * The operation as its information file has it, over what the definition says; undefined when neither tells method and
 * template.
 */
function operationOf(
  item: Item,
  draft: OperationDraft | undefined,
  properties: Fields | undefined,
): Omit<Operation, "policy"> | undefined {
  if (properties === undefined) return draft && { ...withoutOriginal(draft), id: item.id };
  const isComplete = draft !== undefined;
  const method = (isComplete ? properties.string("method") : properties.requiredString("method")) ?? draft?.method;
  const urlTemplate =
    (isComplete ? properties.string("urlTemplate") : properties.requiredString("urlTemplate")) ?? draft?.urlTemplate;
  if (method === undefined || urlTemplate === undefined) return undefined;
  const responses = responsesOf(properties);
  return {
    id: item.id,
    name: properties.string("displayName") ?? draft?.name ?? item.id,
    method: method.toUpperCase(),
    urlTemplate: urlTemplate.startsWith("/") ? urlTemplate : `/${urlTemplate}`,
    responses: responses.length > 0 ? responses : (draft?.responses ?? []),
  };
}

/** ARM's form of responses: a list with representations and named examples. */
function responsesOf(properties: Fields): OperationResponse[] {
  return properties.objects("responses").flatMap((response) => {
    const status = response.integer("statusCode", 100, 599);
    if (status === undefined) return [];
    const representations = response.objects("representations").flatMap((representation) => {
      const contentType = representation.string("contentType");
      if (contentType === undefined) return [];
      const [first] = representation.entries("examples");
      const example = first?.[1].kind === "object" ? first[1].entries.get("value")?.value : undefined;
      return [{ contentType, example: example?.kind === "scalar" ? example.text : representation.string("sample") }];
    });
    return [{ status, description: response.string("description") ?? "", representations }];
  });
}

/** Templates must be well-formed, and no two operations may answer to the same requests. */
function checkTemplates(extract: Extract, api: Item, operations: readonly Operation[]): void {
  const { diagnostics } = extract.folder;
  const file = api.path;
  const seen = new Map<string, Operation>();
  for (const operation of operations) {
    const { id, method, urlTemplate } = operation;
    if (!/^[A-Z][A-Z0-9_-]*$/.test(method)) {
      diagnostics.error("SP1106", `Operation "${id}" has the method "${method}"`, {
        file,
        hint: "A method is a word such as GET.",
      });
    }
    const problem = templateProblem(urlTemplate);
    if (problem !== undefined)
      diagnostics.error("SP1106", `The URL template "${urlTemplate}" of operation "${id}" ${problem}`, { file });
    const shape = `${method} ${templateShape(urlTemplate)}`;
    const other = seen.get(shape);
    if (other !== undefined) {
      const both = `${method} ${other.urlTemplate} and ${urlTemplate}`;
      diagnostics.error(
        "SP1103",
        `Operations "${other.id}" and "${id}" of API "${api.id}" answer to the same requests: ${both}`,
        {
          file,
          hint: "Remove one of them, or tell them apart by a required query parameter.",
        },
      );
    }
    seen.set(shape, operation);
  }
}
