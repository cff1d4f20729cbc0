/** Sample backends of Contoso Retail: product catalog, pricing and inventory, on one loopback port. */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

const PRODUCTS = [
  { sku: "KT-100", name: "Kettle", price: 31.5, stock: 140 },
  { sku: "TS-210", name: "Toaster", price: 42, stock: 65 },
  { sku: "BL-330", name: "Blender", price: 58.9, stock: 12 },
];

/**
 * Starts the backends; resolves when they listen.
 * @param key what the gateway shows; undefined: anybody is let in
 */
export function startBackend(port: number, key?: string): Promise<Server> {
  const stock = new Map(PRODUCTS.map((p) => [p.sku, p.stock]));
  const server = createServer((request, response) => {
    if (key !== undefined && !isEqual(request.headers.authorization ?? "", `Bearer ${key}`)) {
      send(response, 401, { error: "Only the gateway may call." });
      return;
    }
    handle(request, response, stock).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, stock: Map<string, number>): Promise<void> {
  const [, area, ...rest] = new URL(request.url ?? "/", "http://backend").pathname.split("/");
  const sku = rest.at(-1);
  const product = PRODUCTS.find((p) => p.sku === sku);
  if (area === "catalog" && rest.length === 1)
    return send(
      response,
      200,
      PRODUCTS.map(({ sku, name }) => ({ sku, name })),
    );
  if (product === undefined) return send(response, 404, { error: "There is no such product." });
  if (area === "catalog") return send(response, 200, { sku: product.sku, name: product.name });
  if (area === "pricing") return send(response, 200, { sku: product.sku, price: product.price, currency: "EUR" });
  if (area !== "inventory") return send(response, 404, { error: "There is nothing here." });
  if (request.method === "PUT") {
    const { quantity } = JSON.parse(await text(request)) as { quantity: number };
    if (!Number.isInteger(quantity) || quantity < 0)
      return send(response, 400, { error: "quantity is a whole number." });
    stock.set(product.sku, quantity);
  }
  return send(response, 200, { sku: product.sku, quantity: stock.get(product.sku) });
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "X-Powered-By": "Contoso",
  });
  response.end(body);
}
