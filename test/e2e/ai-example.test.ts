/** The ai example, whole, with the official clients: three layers, access by team, fallback, limits, and what it cost. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { AzureOpenAI } from "openai";
import {
  accessToken,
  ManagedIdentityEndpoint,
  startIdentityProvider,
  type Team,
} from "../../examples/ai/identities.ts";
import { ModelServer } from "../../examples/ai/model-server.ts";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { sallyport } from "../support/cli.ts";

const GATEWAY = fileURLToPath(new URL("../../examples/ai/gateway", import.meta.url));
const TEAMS: readonly Team[] = ["research", "support", "interns"];
const KEYS = new Map(TEAMS.map((team) => [team, `${team}-key-0123456789abcdef`]));
const TOKENS = new Map<Team, string>();

let identity: ManagedIdentityEndpoint;
let gateway: RunningGateway;
let folder: string;
let url: string;
const models = new Map<string, ModelServer>();
const endings: (() => unknown)[] = [];
/** Headers of the last answer. */
let headers = new Headers();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

before(async () => {
  identity = await ManagedIdentityEndpoint.start(0);
  endings.push(() => identity.close());
  Object.assign(process.env, identity.variables);
  const ports = new Map<string, number>();
  for (const [name, written] of [
    ["east", 8101],
    ["west", 8102],
    ["claude", 8103],
  ] as const) {
    const server = await ModelServer.start({ port: 0, name, accepts: (token) => identity.accepts(token) });
    models.set(name, server);
    endings.push(() => server.close());
    ports.set(`127.0.0.1:${written}`, server.port);
  }
  const providerPort = await freePort();
  ports.set("127.0.0.1:8104", providerPort);
  const provider = await startIdentityProvider(providerPort);
  endings.push(() => provider.close());
  for (const team of TEAMS) {
    TOKENS.set(team, await accessToken(providerPort, team));
    process.env[`CONTOSO_${team.toUpperCase()}_KEY`] = KEYS.get(team);
  }
  folder = await configured(ports);
  gateway = await startGateway({ folder, watch: false });
  url = `http://127.0.0.1:${gateway.addresses[0].port}`;
});

after(async () => {
  await gateway?.stop();
  for (const end of endings.reverse()) await end();
});

/** The example's configuration, with the ports that the services of this test got, and a ledger of its own. */
async function configured(ports: ReadonlyMap<string, number>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sallyport-ai-"));
  endings.push(() => rm(root, { recursive: true, force: true }));
  await cp(GATEWAY, root, { recursive: true });
  const information = (id: string) => `backends/${id}/backendInformation.json`;
  const files = ["named values/identity-provider/namedValueInformation.json", "sallyport.yaml"];
  for (const file of [...files, ...["models-east", "models-west", "claude"].map(information)]) {
    let text = await readFile(join(root, file), "utf8");
    for (const [written, port] of ports) text = text.replaceAll(written, `127.0.0.1:${port}`);
    text = text.replace("port: 8100", "port: 0").replace("port: 8106", "port: 0");
    await writeFile(
      join(root, file),
      text.replace("prices: prices.yaml", "prices: prices.yaml\n  ledger: { file: usage.db }"),
    );
  }
  return root;
}

const remembering = async (input: string | URL | Request, init?: RequestInit) => {
  const response = await fetch(input, init);
  headers = response.headers;
  return response;
};

const authorization = (team: Team | null): Record<string, string> =>
  team === null ? {} : { Authorization: `Bearer ${TOKENS.get(team)}` };

const azure = (keyOf: Team, tokenOf: Team | null = keyOf) =>
  new AzureOpenAI({
    endpoint: url,
    apiKey: KEYS.get(keyOf),
    apiVersion: "2024-10-21",
    maxRetries: 0,
    defaultHeaders: authorization(tokenOf),
    fetch: remembering,
  });

const anthropic = (team: Team) =>
  new Anthropic({
    baseURL: `${url}/anthropic`,
    // This client shows its key as a bearer token, where ours belongs.
    apiKey: null,
    authToken: TOKENS.get(team),
    maxRetries: 0,
    defaultHeaders: { "x-api-key": KEYS.get(team) },
    fetch: remembering,
  });

const messages = [{ role: "user" as const, content: "Good morning" }];

test("key, token and claims are asked for, one after the other", async () => {
  const chat = (client: AzureOpenAI, model = "gpt-4o-mini") => client.chat.completions.create({ model, messages });
  await assert.rejects(chat(azure("support", null)), { status: 401 });
  await assert.rejects(chat(azure("support", "research")), { status: 401 });
  await assert.rejects(chat(azure("interns")), { status: 401 });
  await assert.rejects(chat(azure("support"), "gpt-4o"), (error: { status: number; message: string }) => {
    assert.equal(error.status, 403);
    assert.match(error.message, /This team may not use gpt-4o\./);
    return true;
  });
  assert.equal(models.get("east")?.seen.length, 0);
  const answer = await chat(azure("support"));
  assert.equal(answer.choices[0].message.content, "You said: Good morning");
  assert.equal(headers.get("x-model-server"), "east");
});

test("the models see the gateway's identity: no key, and no token of a caller", () => {
  const [seen] = models.get("east")?.seen ?? [];
  const token = /^Bearer (.+)$/.exec(seen?.authorization ?? "")?.[1] ?? "";
  assert.ok(identity.accepts(token));
  const text = JSON.stringify(seen);
  for (const team of TEAMS) {
    assert.ok(!text.includes(KEYS.get(team) ?? "?"), "a key went on");
    assert.ok(!text.includes(TOKENS.get(team) ?? "?"), "a caller's token went on");
  }
});

test("chat, responses, embeddings and messages, as streams too", async () => {
  const research = azure("research");
  let text = "";
  const stream = await research.chat.completions.create({ model: "gpt-4o", messages, stream: true });
  for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
  assert.equal(text, "You said: Good morning");
  // The responses of a deployment are at a path without it: the body names the model.
  const response = await research.responses.create({ model: "gpt-4o", input: "Good evening" });
  assert.equal(response.output_text, "You said: Good evening");
  await assert.rejects(azure("support").responses.create({ model: "gpt-4o", input: "Hi" }), { status: 403 });
  const deltas: string[] = [];
  for await (const event of await research.responses.create({ model: "gpt-4o", input: "Good night", stream: true }))
    if (event.type === "response.output_text.delta") deltas.push(event.delta);
  assert.equal(deltas.join(""), "You said: Good night");
  const { data } = await research.embeddings.create({ model: "text-embedding-3-small", input: "Good morning" });
  assert.equal(data[0].embedding.length, 8);
  const asked = { model: "claude-sonnet-4", max_tokens: 100, messages };
  const [content] = (await anthropic("research").messages.create(asked)).content;
  assert.equal(content.type === "text" && content.text, "You said: Good morning");
  assert.equal(await anthropic("research").messages.stream(asked).finalText(), "You said: Good morning");
  await assert.rejects(anthropic("support").messages.create(asked), { status: 403 });
});

test("while the east is overloaded the west answers, and the caller sees nothing of it", async () => {
  models.get("east")?.overload(1);
  const servers: (string | null)[] = [];
  const seenBefore = models.get("east")?.seen.length ?? 0;
  for (let i = 0; i < 3; i++) {
    await azure("support").chat.completions.create({ model: "gpt-4o-mini", messages });
    servers.push(headers.get("x-model-server"));
  }
  assert.deepEqual([...servers], ["west", "west", "west"]);
  // The first call found out; the others did not ask again.
  assert.equal((models.get("east")?.seen.length ?? 0) - seenBefore, 1);
  for (let tries = 0; tries < 40 && servers.at(-1) !== "east"; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await azure("support").chat.completions.create({ model: "gpt-4o-mini", messages });
    servers.push(headers.get("x-model-server"));
  }
  assert.equal(servers.at(-1), "east");
});

test("a team's tokens are bounded, and told", async () => {
  const research = azure("research");
  await research.chat.completions.create({ model: "gpt-4o", messages });
  const left = Number(headers.get("x-remaining-tokens"));
  assert.ok(left > 0 && left < 2_000, `${left}`);
  await assert.rejects(research.chat.completions.create({ model: "gpt-4o", messages, max_tokens: 1_999 }), {
    status: 429,
  });
  assert.ok(Number(headers.get("retry-after")) > 0);
});

test("metrics and the report say who used what, and what it cost", async () => {
  const admin = gateway.addresses.find(({ name }) => name === "admin");
  const text = await (await fetch(`http://127.0.0.1:${admin?.port}/metrics`)).text();
  assert.match(
    text,
    /sallyport_model_tokens_total\{api="azure-openai",product="models",subscription="research",model="gpt-4o",kind="prompt"\}/,
  );
  assert.match(text, /sallyport_custom_total_tokens_count\{.*subscription_id="research".*\}/);
  await gateway.stop();
  const { out } = await sallyport([
    "usage",
    "--ledger",
    join(folder, "usage.db"),
    "--by",
    "team,model,outcome",
    "--format",
    "json",
  ]);
  const { rows } = JSON.parse(out) as { rows: Record<string, string | number>[] };
  const figures = new Map(rows.map((row) => [`${row.team} ${row.model} ${row.outcome}`, row]));
  assert.deepEqual([...figures.keys()].sort(), [
    "interns  refused",
    "research  refused",
    "research claude-sonnet-4 ok",
    "research gpt-4o ok",
    "research text-embedding-3-small ok",
    "support  refused",
    "support gpt-4o-mini ok",
  ]);
  // Two words and three tokens of the frame at 3 dollars a million, four words back at 15; twice.
  const claude = figures.get("research claude-sonnet-4 ok");
  assert.deepEqual([claude?.calls, claude?.promptTokens, claude?.completionTokens], [2, 10, 8]);
  assert.equal(Number(claude?.cost).toFixed(9), ((10 * 3 + 8 * 15) / 1e6).toFixed(9));
  assert.ok(rows.every(({ unpriced }) => unpriced === 0));
});
