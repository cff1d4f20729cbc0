/**
 * What a provider wants to have back with a call of a tool, as the encrypted content of an item of reasoning: clients that keep no state at
 * OpenAI give such items back as they got them (https://platform.openai.com/docs/guides/reasoning, encrypted reasoning items).
 */

/** Tells it from what OpenAI itself encrypted, which means nothing to others. */
const MARK = "signature:";

export function encryptedContent(signature: string): string {
  return MARK + signature;
}

export function signatureOf(encrypted: unknown): string | undefined {
  return typeof encrypted === "string" && encrypted.startsWith(MARK) ? encrypted.slice(MARK.length) : undefined;
}
