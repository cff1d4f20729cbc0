/** Names of models and of their makers, from addresses. */

/** Hosts of model services by how they end. */
const PROVIDERS: readonly (readonly [end: string, name: string])[] = [
  [".openai.azure.com", "azure"],
  [".cognitiveservices.azure.com", "azure"],
  [".services.ai.azure.com", "azure"],
  [".models.ai.azure.com", "azure"],
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "google"],
  ["aiplatform.googleapis.com", "google"],
  ["api.mistral.ai", "mistral"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
];
const BEDROCK = /^bedrock-runtime[.-].*\.amazonaws\.com$/;

/** The maker of a service at a host; a host that is nobody's stands for itself. */
export function providerOf(host: string): string {
  if (BEDROCK.test(host)) return "aws";
  return PROVIDERS.find(([end]) => host.endsWith(end))?.[1] ?? host;
}

/** `/openai/deployments/gpt-4o/chat/completions`, `/v1beta/models/gemini-2.0-flash:generateContent`, `/model/NAME/converse`. */
const MODEL = /\/(?:deployments|models|model)\/([^/:]+)/;

/** The model that a path names; "" when it names none. */
export function askedModelIn(path: string): string {
  const written = MODEL.exec(path)?.[1] ?? "";
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
