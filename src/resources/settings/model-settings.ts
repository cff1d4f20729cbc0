/** `ai.backends` and `ai.guard` of sallyport.yaml: which backends speak another format than OpenAI's, and what calls must keep to. */
import { type AwsAccess, MODEL_FORMATS, type ModelBackend, type ModelGuard } from "../ai-settings.ts";
import type { DataNode } from "../documents/data-node.ts";
import { type Fields, reportAt } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import { AI_AWS_KEYS, AI_BACKEND_KEYS, AI_GUARD_KEYS } from "./keys.ts";
import { type SecretRef, secret } from "./sections.ts";
import type { SecretReader } from "./secrets.ts";

/** A backend whose name is not looked up, and whose secrets are not fetched yet. */
export interface ModelBackendDraft extends Omit<ModelBackend, "aws"> {
  readonly name: string;
  readonly node: DataNode;
  readonly aws: { readonly region: string; readonly secrets: ReadonlyMap<string, SecretRef> } | undefined;
}

/** The short form of a backend is its format alone. */
export function readModelBackends(ai: Fields): readonly ModelBackendDraft[] {
  return ai.entries("backends").flatMap(([name, node]): ModelBackendDraft[] => {
    const holder = ai.object("backends");
    if (holder === undefined) return [];
    if (node.kind === "scalar") {
      const format = holder.oneOf(name, MODEL_FORMATS);
      return format === undefined ? [] : [{ name, node, format, models: new Map(), aws: undefined }];
    }
    const fields = holder.object(name);
    if (fields === undefined) return [];
    fields.rejectUnknown(AI_BACKEND_KEYS);
    const format = fields.oneOf("format", MODEL_FORMATS);
    if (fields.get("format") === undefined) fields.missing("format", `One of ${MODEL_FORMATS.join(", ")}.`);
    if (format === undefined) return [];
    return [{ name, node, format, models: readModels(fields), aws: readAws(fields, format) }];
  });
}

function readModels(fields: Fields): ReadonlyMap<string, string> {
  const models = new Map<string, string>();
  for (const [name, node] of fields.entries("models")) {
    if (node.kind === "scalar" && node.text !== "") models.set(name, node.text);
    else reportAt(fields.reading, node, "SP1004", `"${fields.path("models")}.${name}" must be the name of a model`);
  }
  return models;
}

function readAws(backend: Fields, format: ModelBackend["format"]): ModelBackendDraft["aws"] {
  const fields = backend.object("aws");
  if (fields === undefined) return undefined;
  fields.rejectUnknown(AI_AWS_KEYS);
  if (format !== "bedrock") backend.wrongValue("aws", "belongs to the format bedrock");
  const region = fields.requiredString("region", "Such as eu-central-1.");
  const secrets = new Map<string, SecretRef>();
  for (const name of ["accessKeyId", "secretAccessKey", "sessionToken"]) {
    const ref = secret(fields, name);
    if (ref !== undefined) secrets.set(name, ref);
    else if (name !== "sessionToken" && fields.get(name) === undefined) fields.missing(name, `Such as env:${name}.`);
  }
  return region === undefined ? undefined : { region, secrets };
}

/** Looks the backends up and fetches their secrets; mistakes are reported at their place. */
export async function fetchModelBackends(
  secrets: SecretReader,
  drafts: readonly ModelBackendDraft[],
  names: Names,
): Promise<ReadonlyMap<string, ModelBackend>> {
  const backends = new Map<string, ModelBackend>();
  for (const { name, node, aws, format, models } of drafts) {
    const id = names.find(name);
    if (id === undefined) {
      const { message, hint } = names.unknown(name);
      reportAt(secrets.reading, node, "SP1102", message, hint);
      continue;
    }
    backends.set(id, { format, models, aws: aws && (await fetchAws(secrets, aws)) });
  }
  return backends;
}

async function fetchAws(
  secrets: SecretReader,
  { region, secrets: refs }: NonNullable<ModelBackendDraft["aws"]>,
): Promise<AwsAccess> {
  const read = async (name: string) => {
    const ref = refs.get(name);
    return ref && (await secrets.read(ref));
  };
  return {
    region,
    accessKeyId: (await read("accessKeyId")) ?? "",
    secretAccessKey: (await read("secretAccessKey")) ?? "",
    sessionToken: await read("sessionToken"),
  };
}

const MAX_BYTES = 1024 ** 3;

/** By the node that names the API. */
export function readGuards(ai: Fields): readonly (readonly [DataNode, ModelGuard])[] {
  const holder = ai.object("guard");
  if (holder === undefined) return [];
  return ai.entries("guard").flatMap(([api, node]): (readonly [DataNode, ModelGuard])[] => {
    const fields = holder.object(api);
    if (fields === undefined) return [];
    fields.rejectUnknown(AI_GUARD_KEYS);
    const guard: ModelGuard = {
      models: fields.get("models") === undefined ? undefined : fields.strings("models"),
      maxTokens: fields.integer("maxTokens", 1, 100_000_000),
      maxRequestBytes: fields.integer("maxRequestBytes", 1, MAX_BYTES),
      maxResponseBytes: fields.integer("maxResponseBytes", 1, MAX_BYTES),
      unknownFields: fields.oneOf("unknownFields", ["pass", "refuse"]) ?? "pass",
    };
    // Named by its key, reported where its settings stand.
    return [[{ kind: "scalar", start: node.start, end: node.end, text: api, value: api }, guard]];
  });
}
