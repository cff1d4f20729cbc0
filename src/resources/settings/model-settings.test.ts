import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, configFolder } from "../../../test/support/config-folder.ts";
import { loadFolder } from "../load.ts";

async function load(yaml: string) {
  const folder = await configFolder({ ...apiFiles("chat"), "sallyport.yaml": yaml });
  const env = { AWS_ID: "AKIDEXAMPLE", AWS_SECRET: "wJalrXUtnFEMI" };
  const { snapshot, diagnostics } = await loadFolder(folder, { env });
  return { ai: snapshot?.settings.ai, said: diagnostics.map((d) => `${d.file}:${d.line} ${d.message}`) };
}

test("backends of other formats, and guards", async () => {
  const { ai, said } = await load(`
backends:
  claude: https://api.anthropic.com/v1
  aws: https://bedrock-runtime.eu-central-1.amazonaws.com
ai:
  backends:
    claude: anthropic
    aws:
      format: bedrock
      models: { gpt-4o: amazon.nova-pro-v1:0, "*": amazon.nova-lite-v1:0 }
      aws: { region: eu-central-1, accessKeyId: "env:AWS_ID", secretAccessKey: "env:AWS_SECRET" }
  guard:
    chat: { models: [gpt-4o, "o3*"], maxTokens: 1000, unknownFields: refuse }
  askUsage: false
  reserveTokens: false
  providerErrors: [chat]
`);
  assert.deepEqual(said, []);
  assert.deepEqual(ai?.backends.get("claude"), { format: "anthropic", models: new Map(), aws: undefined });
  assert.deepEqual(ai?.backends.get("aws"), {
    format: "bedrock",
    models: new Map([
      ["gpt-4o", "amazon.nova-pro-v1:0"],
      ["*", "amazon.nova-lite-v1:0"],
    ]),
    aws: {
      region: "eu-central-1",
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI",
      sessionToken: undefined,
    },
  });
  assert.deepEqual(ai?.guards.get("chat"), {
    models: ["gpt-4o", "o3*"],
    maxTokens: 1000,
    maxRequestBytes: undefined,
    maxResponseBytes: undefined,
    unknownFields: "refuse",
  });
  assert.deepEqual([ai?.askUsage, ai?.reserveTokens], [false, false]);
  assert.deepEqual(ai?.providerErrors, new Set(["chat"]));
});

test("what is wrong is said where it stands", async () => {
  const { said } = await load(`
backends:
  claude: https://api.anthropic.com/v1
ai:
  backends:
    claud: anthropic
    claude: { format: anthropic, aws: { region: x } }
  guard:
    chatt: {}
    chat: { maxTokens: 0, unknownFields: drop }
`);
  assert.deepEqual(
    said.map((line) => line.split(":").slice(1).join(":")),
    [
      '7 "ai.backends.claude.aws" belongs to the format bedrock',
      '7 "ai.backends.claude.aws.accessKeyId" is missing',
      '7 "ai.backends.claude.aws.secretAccessKey" is missing',
      '10 "ai.guard.chat.maxTokens" is 0, not between 1 and 100000000',
      '10 "ai.guard.chat.unknownFields" is "drop", not one of pass, refuse',
      '6 There is no backend "claud"',
      '9 There is no API "chatt"',
    ],
  );
});
