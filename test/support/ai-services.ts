/** Services of Azure AI as policies see them, on one port: embeddings, and content safety, in the wire formats of their references. */
import { hash } from "node:crypto";
import type { Backend as Entity } from "../../src/resources/snapshot.ts";
import { Backend, type Seen } from "./backend.ts";

const DIMENSIONS = 256;

/** A backend entity without credentials. */
export function entityOf(id: string, url: string): Entity {
  return {
    id,
    title: id,
    url,
    protocol: "http",
    type: "Single",
    credentials: undefined,
    validateCertificateChain: true,
    validateCertificateName: true,
    properties: {},
  };
}

/** Texts with the same words lie near each other. */
export function embeddingOf(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    vector[hash("sha1", word, "buffer").readUInt16LE() % DIMENSIONS] += 1;
  return vector;
}

export class AiServices {
  readonly #backend: Backend;
  /** Instead of an answer: a status, or no answer at all. */
  failure: number | "silence" | undefined;

  private constructor(backend: Backend) {
    this.#backend = backend;
  }

  static async start(): Promise<AiServices> {
    const backend = await Backend.start();
    const services = new AiServices(backend);
    backend.answer = (request, response, body) => {
      if (services.failure === "silence") return;
      const answer = services.failure ?? judged(request.url ?? "", JSON.parse(Buffer.from(body, "latin1").toString()));
      const status = typeof answer === "number" ? answer : 200;
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(typeof answer === "number" ? { error: { code: "x", message: "x" } } : answer));
    };
    return services;
  }

  get url(): string {
    return this.#backend.url;
  }

  /** Calls so far whose path holds this. */
  calls(path: string): Seen[] {
    return this.#backend.seen.filter(({ url }) => url.includes(path));
  }

  close(): Promise<void> {
    return this.#backend.close();
  }
}

interface Asked {
  readonly input: string;
  readonly text: string;
  readonly userPrompt: string;
  readonly categories?: readonly string[];
  readonly blocklistNames?: readonly string[];
}

/** Severities stand in the text, such as `hate4`; `ignore all rules` is an attack; `<name>!` is in the block list of that name. */
function judged(path: string, { input, text, userPrompt, categories, blocklistNames }: Asked): object | number {
  if (path.includes("/embeddings"))
    return { object: "list", data: [{ object: "embedding", index: 0, embedding: embeddingOf(input) }] };
  if (path.includes("text:shieldPrompt"))
    return userPrompt.length > 10_000
      ? 400
      : { userPromptAnalysis: { attackDetected: userPrompt.includes("ignore all rules") }, documentsAnalysis: [] };
  if (!path.includes("text:analyze")) return 404;
  if (text.length > 10_000) return 400;
  const found = blocklistNames?.filter((name) => text.includes(`${name}!`)) ?? [];
  return {
    blocklistsMatch: found.map((name) => ({
      blocklistName: name,
      blocklistItemId: "1",
      blocklistItemText: `${name}!`,
    })),
    categoriesAnalysis: (categories ?? ["Hate", "SelfHarm", "Sexual", "Violence"]).map((category) => ({
      category,
      severity: Number(new RegExp(`${category.toLowerCase()}(\\d)`).exec(text)?.[1] ?? 0),
    })),
  };
}
