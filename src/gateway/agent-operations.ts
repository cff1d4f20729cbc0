/**
 * The operations that APIs of type mcp and a2a have because of their protocol: no extract lists them. Each plays a part, by which its
 * plan is made.
 */
import type { Api, Operation } from "../resources/snapshot.ts";

/** What an operation is in its protocol. */
export type Part =
  /** Streamable HTTP: messages, the server's own stream, the end of a session. */
  | "message"
  | "stream"
  | "end"
  /** The older transport: a stream of events, and messages whose answers go there. */
  | "sse"
  | "sse-message"
  /** A2A: the agent's card, and JSON-RPC. */
  | "card"
  | "rpc";

const parts = new WeakMap<Operation, Part>();
const known = new WeakMap<Api, readonly Operation[]>();

export function partOf(operation: Operation): Part | undefined {
  return parts.get(operation);
}

export function agentOperations(api: Api): readonly Operation[] {
  let operations = known.get(api);
  if (operations === undefined) {
    const declared = new Set(api.operations.map((o) => `${o.method} ${o.urlTemplate.toLowerCase()}`));
    operations = [...(api.mcp === undefined ? agentParts(api) : serverParts(api))].filter((operation) => {
      const key = `${operation.method} ${operation.urlTemplate.toLowerCase()}`;
      return !declared.has(key) && declared.add(key);
    });
    known.set(api, operations);
  }
  return operations;
}

/** Paths below the API that carry the protocol, as callers may know them. */
export function endpointsOf(api: Api): readonly string[] {
  return [...new Set(agentOperations(api).flatMap((o) => (partOf(o) === undefined ? [] : [o.urlTemplate])))];
}

function* serverParts({ mcp }: Api): Iterable<Operation> {
  const message = mcp?.endpoints?.message ?? "/mcp";
  if (mcp?.tools !== undefined || mcp?.transport === "streamable") {
    for (const path of mcp.tools === undefined ? [message, "/mcp"] : ["/mcp"]) {
      yield operation("message", "POST", path);
      yield operation("stream", "GET", path);
      yield operation("end", "DELETE", path);
    }
    if (mcp.tools === undefined) return;
  }
  yield operation("sse", "GET", mcp?.tools === undefined ? (mcp?.endpoints?.sse ?? "/sse") : "/sse");
  yield operation(
    "sse-message",
    "POST",
    mcp?.tools === undefined ? (mcp?.endpoints?.message ?? "/messages") : "/messages",
  );
}

function* agentParts({ agent }: Api): Iterable<Operation> {
  if (agent === undefined) return;
  for (const path of [agent.cardPath, "/.well-known/agent-card.json", "/.well-known/agent.json"])
    yield operation("card", "GET", path);
  yield operation("rpc", "POST", agent.rpcPath);
}

function operation(part: Part, method: string, urlTemplate: string): Operation {
  const made: Operation = { id: part, name: part, method, urlTemplate, responses: [], policy: undefined };
  parts.set(made, part);
  return made;
}
