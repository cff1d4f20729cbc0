/** Local servers that speak the wire formats of Anthropic, Google Gemini and Amazon Bedrock: they call the tool they are given, else say hello. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { amazonEvent } from "./amazon-events.ts";

type Json = Record<string, unknown>;

function events(response: ServerResponse, type: string, chunks: readonly (string | Uint8Array)[]): void {
  response.writeHead(200, { "Content-Type": type });
  let i = 0;
  const next = () => {
    if (i === chunks.length) response.end();
    else {
      response.write(chunks[i++]);
      setImmediate(next);
    }
  };
  next();
}

function json(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** Whether the model has its tool's result already, or no tool. */
function isAnswering(body: string, result: string): boolean {
  return body.includes(result) || !body.includes('"tools"');
}

export function anthropicServer(request: IncomingMessage, response: ServerResponse, text: string): void {
  if (request.headers["x-api-key"] !== "anthropic-key" || request.headers["anthropic-version"] === undefined) {
    json(response, 401, { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } });
    return;
  }
  const body = JSON.parse(text) as Json;
  const answers = isAnswering(text, "tool_result");
  const block = answers
    ? { type: "text", text: "Hello from Claude" }
    : { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Oslo" } };
  const head = { id: "msg_1", type: "message", role: "assistant", model: body.model, stop_sequence: null };
  const reason = answers ? "end_turn" : "tool_use";
  if (body.stream !== true) {
    const usage = { input_tokens: 20, output_tokens: 10 };
    json(response, 200, { ...head, content: [block], stop_reason: reason, usage });
    return;
  }
  const usage = { input_tokens: 20, output_tokens: 1 };
  const deltas = answers
    ? ["Hello ", "from Claude"].map((part) => ({ type: "text_delta", text: part }))
    : ['{"city":', '"Oslo"}'].map((part) => ({ type: "input_json_delta", partial_json: part }));
  const list = [
    { type: "message_start", message: { ...head, content: [], stop_reason: null, usage } },
    {
      type: "content_block_start",
      index: 0,
      content_block: answers ? { ...block, text: "" } : { ...block, input: {} },
    },
    { type: "ping" },
    ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 10 } },
    { type: "message_stop" },
  ];
  events(
    response,
    "text/event-stream",
    list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  );
}

export function geminiServer(request: IncomingMessage, response: ServerResponse, text: string): void {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
  if (searchParams.get("key") !== "gemini-key") {
    json(response, 400, { error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } });
    return;
  }
  if (pathname.endsWith(":batchEmbedContents")) {
    const { requests } = JSON.parse(text) as { requests: unknown[] };
    json(response, 200, { embeddings: requests.map((_, i) => ({ values: [i, 0.5] })) });
    return;
  }
  const answers = isAnswering(text, "functionResponse");
  const head = { modelVersion: /models\/([^:]+):/.exec(pathname)?.[1], responseId: "r1" };
  const usageMetadata = { promptTokenCount: 20, candidatesTokenCount: 10, totalTokenCount: 30 };
  const parts = answers
    ? [{ text: "Hello " }, { text: "from Gemini" }]
    : [{ functionCall: { name: "get_weather", args: { city: "Oslo" } } }];
  if (pathname.endsWith(":generateContent")) {
    const candidates = [{ content: { parts, role: "model" }, finishReason: "STOP", index: 0 }];
    json(response, 200, { candidates, usageMetadata, ...head });
    return;
  }
  const chunks = parts.map((part, i) => {
    const candidate = { content: { parts: [part], role: "model" }, index: 0 };
    const isLast = i === parts.length - 1;
    return { candidates: [isLast ? { ...candidate, finishReason: "STOP" } : candidate], usageMetadata, ...head };
  });
  events(
    response,
    "text/event-stream",
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
  );
}

/** Whoever calls it checks the signature. */
export function bedrockServer(request: IncomingMessage, response: ServerResponse, text: string): void {
  const answers = text.includes("toolResult") || !text.includes("toolConfig");
  const usage = { inputTokens: 20, outputTokens: 10, totalTokens: 30 };
  const stopReason = answers ? "end_turn" : "tool_use";
  const toolUse = { toolUseId: "tooluse_1", name: "get_weather" };
  if (request.url?.endsWith("/converse")) {
    const content = answers ? [{ text: "Hello from Bedrock" }] : [{ toolUse: { ...toolUse, input: { city: "Oslo" } } }];
    json(response, 200, { output: { message: { role: "assistant", content } }, stopReason, usage });
    return;
  }
  const middle = answers
    ? ["Hello ", "from Bedrock"].map((part) => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: part } }])
    : [
        ["contentBlockStart", { contentBlockIndex: 0, start: { toolUse } }],
        ...['{"city":', '"Oslo"}'].map((input) => [
          "contentBlockDelta",
          { contentBlockIndex: 0, delta: { toolUse: { input } } },
        ]),
      ];
  const list = [
    ["messageStart", { role: "assistant" }],
    ...middle,
    ["contentBlockStop", { contentBlockIndex: 0 }],
    ["messageStop", { stopReason }],
    ["metadata", { usage, metrics: { latencyMs: 1 } }],
  ] as [string, Json][];
  events(
    response,
    "application/vnd.amazon.eventstream",
    // Cut where no message ends.
    list.flatMap(([name, payload]) => {
      const message = amazonEvent(name, payload);
      return [message.subarray(0, 7), message.subarray(7)];
    }),
  );
}
