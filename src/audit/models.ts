/** Tells language models from other backends: by their addresses and by the operations that their APIs have in common. */
import type { Operation } from "../resources/snapshot.ts";

/** Hosts that serve models and nothing else; `.x` stands for all hosts below x. */
const HOSTS: readonly string[] = [
  ".openai.azure.com",
  ".services.ai.azure.com",
  ".inference.ai.azure.com",
  ".models.ai.azure.com",
  "api.openai.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "api.mistral.ai",
  "api.cohere.com",
  "api.groq.com",
  "api.deepseek.com",
  "api.x.ai",
  "openrouter.ai",
];
const BEDROCK = /^bedrock-runtime(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/;
/** Paths of model APIs on hosts that serve other things, too. */
const PATHS = /\/(openai\/(deployments|v1)|v1\/projects\/[^/]+\/locations\/[^/]+\/publishers)\b/;

/** As OpenAI, Anthropic and Google name what they bill by tokens. */
const OPERATIONS =
  /(\/chat\/completions|\/completions|\/embeddings|\/v1\/responses|\/v1\/messages|:generateContent|:streamGenerateContent)$/i;

export function isModelUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  const isHost = HOSTS.some((host) => (host.startsWith(".") ? hostname.endsWith(host) : hostname === host));
  return isHost || BEDROCK.test(hostname) || PATHS.test(pathname);
}

export function isModelOperation({ method, urlTemplate }: Operation): boolean {
  return method === "POST" && OPERATIONS.test(urlTemplate.split("?")[0].replace(/\/+$/, ""));
}
