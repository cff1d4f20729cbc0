/**
 * `npm run example:ai`: models behind three layers. Starts model services, an identity provider and a managed identity on loopback, serves the
 * configuration of `gateway/`, and prints lines to paste, each showing one layer.
 */
import { randomBytes } from "node:crypto";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const GATEWAY = "http://127.0.0.1:8100";
const IDENTITY_PORT = 8104;
const TEAMS = ["research", "support", "interns"] as const;

const started: (() => unknown)[] = [];

async function main(): Promise<void> {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/compile", import.meta.url)));
  const { accessToken, ManagedIdentityEndpoint, startIdentityProvider } = await import("./identities.ts");
  const { ModelServer } = await import("./model-server.ts");
  const identity = await onPort(8105, "managed identity", (port) => ManagedIdentityEndpoint.start(port));
  started.push(() => identity.close());
  Object.assign(process.env, identity.variables);
  const accepts = (token: string) => identity.accepts(token);
  for (const [name, port] of [
    ["east", 8101],
    ["west", 8102],
    ["claude", 8103],
  ] as const) {
    const server = await onPort(port, `model server ${name}`, () => ModelServer.start({ port, name, accepts }));
    started.push(() => server.close());
  }
  const provider = await onPort(IDENTITY_PORT, "identity provider", startIdentityProvider);
  started.push(() => provider.close());
  const keys = TEAMS.map((team) => {
    const name = `CONTOSO_${team.toUpperCase()}_KEY`;
    process.env[name] ??= randomBytes(16).toString("hex");
    return process.env[name];
  });
  const { startGateway } = await import("../../src/main.ts");
  const { stateFileOf } = await import("../../src/cli/state-files.ts");
  const folder = fileURLToPath(new URL("gateway", import.meta.url));
  const gateway = await startGateway({ folder, ledgerFile: stateFileOf("usage", folder, process.env) });
  started.push(() => gateway.stop());
  const tokens = await Promise.all(TEAMS.map((team) => accessToken(IDENTITY_PORT, team)));
  console.log(lines(keys, tokens));
}

function lines(keys: readonly string[], tokens: readonly string[]): string {
  const variables = TEAMS.flatMap((team, i) => [
    `  export ${team.toUpperCase()}_KEY=${keys[i]}`,
    `  export ${team.toUpperCase()}=${tokens[i]}`,
  ]);
  const chat = (deployment: string) =>
    `${GATEWAY}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`;
  const as = (team: string) => `-H "api-key: $${team}_KEY" -H "Authorization: Bearer $${team}"`;
  const say = (more = "") =>
    `-H 'Content-Type: application/json' -d '{"messages":[{"role":"user","content":"Good morning"}]${more}}'`;
  return `
Contoso's models are on ${GATEWAY}. In another terminal, first:

${variables.join("\n")}

Then, one layer after the other:

  # 401: who is it? No key.
  curl -i '${chat("gpt-4o-mini")}' ${say()}

  # 401: what may they do? A key alone says who it is.
  curl -i '${chat("gpt-4o-mini")}' -H "api-key: $SUPPORT_KEY" ${say()}

  # 401: another team's token does not fit the key.
  curl -i '${chat("gpt-4o-mini")}' -H "api-key: $SUPPORT_KEY" -H "Authorization: Bearer $RESEARCH" ${say()}

  # 401: a token whose role is not one of a user of models.
  curl -i '${chat("gpt-4o-mini")}' ${as("INTERNS")} ${say()}

  # 403: support may use gpt-4o-mini, but not gpt-4o.
  curl -i '${chat("gpt-4o")}' ${as("SUPPORT")} ${say()}

  # 200 from the east: x-model-server: east, X-Remaining-Tokens: ...
  curl -i '${chat("gpt-4o-mini")}' ${as("SUPPORT")} ${say()}

  # 200, word by word.
  curl -iN '${chat("gpt-4o")}' ${as("RESEARCH")} ${say(',"stream":true')}

  # 200 from the west, while the east says 429: x-model-server: west, at once.
  curl -X POST 'http://127.0.0.1:8101/overload?seconds=20'
  curl -i '${chat("gpt-4o")}' ${as("RESEARCH")} ${say()}

  # 200 from Claude, by Anthropic's own API.
  curl -i ${GATEWAY}/anthropic/v1/messages -H "x-api-key: $RESEARCH_KEY" -H "Authorization: Bearer $RESEARCH" ${say(',"model":"claude-sonnet-4","max_tokens":100')}

  # 429: how much? 2,000 tokens a minute, and this call might use all of them.
  curl -i '${chat("gpt-4o")}' ${as("RESEARCH")} ${say(',"max_tokens":1999')}

  # 401: around the gateway? The models let in nobody but its managed identity.
  curl -i 'http://127.0.0.1:8101/openai/deployments/gpt-4o/chat/completions' -H "Authorization: Bearer $RESEARCH" ${say()}

  # Who used what, and what it cost.
  npm run -s sallyport -- usage examples/ai/gateway
  npm run -s sallyport -- usage examples/ai/gateway --by team,outcome,reason
  curl -s http://127.0.0.1:8106/metrics | grep sallyport_model
`;
}

async function stop(): Promise<void> {
  for (const end of started.reverse()) await end();
  process.exit();
}

async function onPort<T>(port: number, what: string, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port}, which the ${what} wants, is taken by another process: stop that one first.`);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
  return stop();
});
