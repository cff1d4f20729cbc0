/** A configuration with an API, an MCP server made of its operations, and what a test adds. */
import { stringify } from "yaml";
import { type Files, configFolder } from "./config-folder.ts";

export const MCP_KEY = "key-of-the-mcp-subscription-01";

const SPECIFICATION = {
  openapi: "3.0.3",
  info: { title: "orders", version: "1" },
  paths: {
    "/orders/{id}": {
      parameters: [
        { name: "id", in: "path", required: true, description: "Number of the order.", schema: { type: "integer" } },
      ],
      get: {
        operationId: "get-order",
        summary: "Reads one order.",
        parameters: [
          { name: "fields", in: "query", schema: { type: "array", items: { type: "string", enum: ["id", "total"] } } },
          { name: "x-trace-note", in: "header", schema: { type: "string" } },
          { name: "Authorization", in: "header", schema: { type: "string" } },
        ],
        responses: { 200: { description: "" } },
      },
      delete: { operationId: "delete-order", responses: { 204: { description: "" } } },
    },
    "/orders/export": { get: { operationId: "export-orders", responses: { 200: { description: "" } } } },
    "/orders": {
      post: {
        operationId: "create-order",
        description: "Creates an order.",
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
        },
        responses: { 201: { description: "" } },
      },
    },
    "/search": {
      get: {
        operationId: "search",
        parameters: [{ name: "q", in: "query", required: true, schema: { type: "string", minLength: 1 } }],
        responses: { 200: { description: "" } },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: "object",
        required: ["id", "item"],
        properties: {
          id: { type: "string", readOnly: true },
          item: { type: "string", nullable: true },
          parts: { type: "array", items: { $ref: "#/components/schemas/Order" } },
        },
      },
    },
  },
};

export interface McpConfig {
  readonly serviceUrl: string;
  /** Policies of the MCP server and of the API behind it. */
  readonly policies?: { readonly mcp?: string; readonly api?: string; readonly global?: string };
  readonly settings?: object;
  readonly files?: Files;
  readonly mcp?: object;
}

const operation = (id: string) =>
  `/subscriptions/0/resourceGroups/g/providers/Microsoft.ApiManagement/service/s/apis/orders/operations/${id}`;

export const TOOLS = [
  { name: "get_order", description: "Reads an order.", operationId: operation("get-order") },
  { name: "create_order", operationId: operation("create-order") },
  { name: "search", operationId: operation("search") },
];

export function mcpFolder({
  serviceUrl,
  policies = {},
  settings = {},
  files = {},
  mcp = {},
}: McpConfig): Promise<string> {
  const protocols = ["https"];
  return configFolder({
    "apis/orders/apiInformation.json": {
      properties: { path: "shop", displayName: "Orders", protocols, serviceUrl, subscriptionRequired: true },
    },
    "apis/orders/specification.json": SPECIFICATION,
    "apis/orders-mcp/apiInformation.json": {
      properties: {
        type: "mcp",
        path: "orders-mcp",
        displayName: "Orders for agents",
        description: "Reads and creates orders.",
        protocols,
        subscriptionRequired: true,
        mcpTools: TOOLS,
        ...mcp,
      },
    },
    ...(policies.mcp === undefined ? {} : { "apis/orders-mcp/policy.xml": policies.mcp }),
    ...(policies.api === undefined ? {} : { "apis/orders/policy.xml": policies.api }),
    ...(policies.global === undefined ? {} : { "policy.xml": policies.global }),
    "subscriptions/agents/subscriptionInformation.json": {
      properties: { displayName: "Agents", scope: "/apis/orders-mcp", state: "active" },
    },
    ...files,
    "sallyport.yaml": stringify({
      listeners: [{ name: "test", host: "127.0.0.1", port: 0 }],
      subscriptions: { agents: MCP_KEY },
      accessLog: { enabled: false },
      ...settings,
    }),
  });
}
