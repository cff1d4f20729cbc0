/** APIs that speak a protocol of agents: MCP servers made of operations, MCP servers and A2A agents that are passed through. */

/** https://learn.microsoft.com/azure/api-management/mcp-server-overview */
export interface McpServer {
  /** Operations offered as tools; undefined: an existing server is passed through. */
  readonly tools: readonly McpTool[] | undefined;
  /** Of a server that is passed through. */
  readonly transport: "streamable" | "sse";
  /** Paths below the API and below the backend's URL; undefined: the backend's URL is the endpoint itself. */
  readonly endpoints: McpEndpoints | undefined;
  /** The backend entity that is passed through to, in place of a service URL. */
  readonly backendId: string | undefined;
  readonly settings: McpSettings;
}

export interface McpEndpoints {
  /** With leading slash. */
  readonly message: string;
  /** Of the transport `sse`. */
  readonly sse: string | undefined;
}

/** One operation as a tool. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** Ids; the API's current revision is called. */
  readonly api: string;
  readonly operation: string;
  readonly input: ToolInput;
}

/** How a tool's arguments become a request. */
export interface ToolInput {
  readonly parameters: readonly ToolParameter[];
  readonly body: ToolBody | undefined;
  /** JSON schema of the arguments, as JSON: sent as it is. */
  readonly schema: string;
}

export interface ToolParameter {
  /** Name among the arguments: unique, and made of characters that models accept. */
  readonly argument: string;
  readonly name: string;
  readonly location: "path" | "query" | "header";
  readonly isRequired: boolean;
  /** A list becomes one `name=value` for each item, not one with commas. */
  readonly explodes: boolean;
}

export interface ToolBody {
  readonly argument: string;
  readonly contentType: string;
  readonly isRequired: boolean;
}

/** What sallyport.yaml says of an MCP server or an agent. */
export interface McpSettings {
  /** Present: the API says where tokens for it come from (RFC 9728). */
  readonly authorization: ResourceAuthorization | undefined;
  /** Origins of web pages that may call, beside the gateway's own; `*`: all. */
  readonly origins: readonly string[];
  /** Bytes of one message of a caller, and of what a tool answers. */
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  /** The caller's Authorization goes on to backends. */
  readonly forwardAuthorization: boolean;
  /** Arguments of tools must keep to the schema that callers are shown. */
  readonly checkArguments: boolean;
}

export interface ResourceAuthorization {
  /** Issuers of authorization servers. */
  readonly servers: readonly string[];
  readonly scopes: readonly string[];
  /** Identifier of the resource; undefined: its address as the caller came to it. */
  readonly resource: string | undefined;
}

/** https://learn.microsoft.com/azure/api-management/agent-to-agent-api */
export interface A2aAgent {
  /** Where the agent's card is. */
  readonly cardUrl: string;
  /** Paths below the API. */
  readonly cardPath: string;
  readonly rpcPath: string;
  /** Where JSON-RPC goes, without trailing slash. */
  readonly rpcUrl: string;
  readonly settings: McpSettings;
}

export const DEFAULT_MCP_SETTINGS: McpSettings = {
  authorization: undefined,
  origins: [],
  maxRequestBytes: 4 * 1024 ** 2,
  maxResponseBytes: 1024 ** 2,
  forwardAuthorization: false,
  checkArguments: true,
};
