/**
 * An MCP server whose tools are known when it is made: what it answers to each method. It keeps nothing of a session, so any thread
 * and any replica may answer.
 * https://modelcontextprotocol.io/specification/2025-06-18/server/tools
 */
import type { McpTool, ToolInput } from "../resources/agent-protocols.ts";
import {
  failure,
  INVALID_PARAMS,
  isObject,
  METHOD_NOT_FOUND,
  ownOf,
  type Params,
  type RpcFailure,
  type RpcRequest,
} from "./json-rpc.ts";
import { schemaCheck } from "./schema-check.ts";
import { errorResult } from "./tool-result.ts";

/** Newest first. All of them have tools alike. */
export const PROTOCOL_VERSIONS: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

export interface ToolCall {
  readonly tool: McpTool;
  readonly arguments: Readonly<Record<string, unknown>>;
}

type Arguments = ToolCall["arguments"];

interface Offered {
  readonly tool: McpTool;
  /** What is wrong with arguments; "" for nothing. */
  check(given: Arguments): string;
}

/** What a method comes to: a result as JSON, a call that has to be made, or a failure. */
export type Answer = { readonly result: string } | { readonly call: ToolCall } | RpcFailure;

export class ToolServer {
  readonly #tools: ReadonlyMap<string, Offered>;
  readonly #list: string;
  readonly #info: string;

  /** @param checksArguments whether calls must keep to their tool's schema */
  constructor(
    server: { id: string; name: string; description: string; version: string },
    tools: readonly McpTool[],
    checksArguments: boolean,
  ) {
    const unchecked = () => "";
    this.#tools = new Map(
      tools.map((tool) => [tool.name, { tool, check: checksArguments ? inputCheck(tool.input) : unchecked }]),
    );
    this.#list = `{"tools":[${tools.map(toolText).join(",")}]}`;
    const serverInfo = { name: server.id, title: server.name, version: server.version };
    const instructions = server.description === "" ? {} : { instructions: server.description };
    this.#info = JSON.stringify({ capabilities: { tools: { listChanged: false } }, serverInfo, ...instructions });
  }

  answer({ id, method, params }: RpcRequest): Answer {
    switch (method) {
      case "initialize":
        return this.#initialize(params);
      case "ping":
        return { result: "{}" };
      case "tools/list":
        if (ownOf(params, "cursor") === undefined) return { result: this.#list };
        return failure(id, INVALID_PARAMS, "All tools are on one page: there is no cursor.");
      case "tools/call":
        return this.#call({ id, method, params, kind: "request" });
      default:
        return failure(id, METHOD_NOT_FOUND, `There is no method "${method.slice(0, 100)}" here.`);
    }
  }

  /** The caller's version when it is known, else the newest: the caller then decides whether it goes on. */
  #initialize(params: Params): Answer {
    const asked = ownOf(params, "protocolVersion");
    const version = PROTOCOL_VERSIONS.find((known) => known === asked) ?? PROTOCOL_VERSIONS[0];
    return { result: `{"protocolVersion":"${version}",${this.#info.slice(1)}` };
  }

  #call({ id, params }: RpcRequest): Answer {
    const name = ownOf(params, "name");
    const offered = typeof name === "string" ? this.#tools.get(name) : undefined;
    if (offered === undefined) {
      const what = typeof name === "string" ? `Unknown tool: ${name.slice(0, 128)}` : "A call names a tool.";
      return failure(id, INVALID_PARAMS, what);
    }
    const given = ownOf(params, "arguments") ?? {};
    if (!isObject(given)) return failure(id, INVALID_PARAMS, "The arguments of a tool are an object.");
    const problems = offered.check(given);
    // The model is told, so that it can mend its call:
    // https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling
    if (problems !== "") return { result: errorResult(`The arguments do not fit the tool's schema:\n${problems}`) };
    return { call: { tool: offered.tool, arguments: given } };
  }
}

/** A parameter that is null is one that is not given. */
function inputCheck({ schema, parameters }: ToolInput): Offered["check"] {
  const check = schemaCheck(JSON.parse(schema));
  const names = new Set(parameters.map(({ argument }) => argument));
  const isGiven = ([name, value]: [string, unknown]) => value !== null || !names.has(name);
  return (given) => check(Object.fromEntries(Object.entries(given).filter(isGiven)));
}

function toolText({ name, description, input }: McpTool): string {
  return `{"name":${JSON.stringify(name)},"description":${JSON.stringify(description)},"inputSchema":${input.schema}}`;
}
