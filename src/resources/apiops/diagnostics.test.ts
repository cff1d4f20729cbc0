import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, configFolder, type Files } from "../../../test/support/config-folder.ts";
import { loadFolder } from "../load.ts";

const diagnostic = (logs: string, requests: string, responses: string) => ({
  properties: {
    loggerId: "/loggers/azuremonitor",
    largeLanguageModel: {
      logs,
      requests: { messages: requests, maxSizeInBytes: 262_144 },
      responses: { messages: responses, maxSizeInBytes: 262_144 },
    },
  },
});

async function wanted(files: Files): Promise<unknown> {
  const { snapshot, diagnostics } = await loadFolder(await configFolder({ ...apiFiles("a"), ...files }));
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot.apis[0].messageDiagnostic;
}

test("a diagnostic of the API says which messages are logged", async () => {
  const file = "apis/a/diagnostics/azuremonitor/diagnosticInformation.json";
  assert.deepEqual(await wanted({ [file]: diagnostic("enabled", "all", "none") }), {
    prompts: true,
    completions: false,
  });
  assert.equal(await wanted({ [file]: diagnostic("disabled", "all", "all") }), undefined);
  assert.equal(await wanted({ [file]: { properties: { loggerId: "x" } } }), undefined);
  assert.equal(await wanted({ [file]: {} }), undefined);
});

test("the service's diagnostics hold for all APIs, until the API has one of the same name", async () => {
  const service = { "diagnostics/azuremonitor/diagnosticInformation.json": diagnostic("enabled", "all", "all") };
  assert.deepEqual(await wanted(service), { prompts: true, completions: true });
  const own = { "apis/a/diagnostics/AzureMonitor/diagnosticInformation.json": { properties: {} } };
  assert.equal(await wanted({ ...service, ...own }), undefined);
  const other = { "apis/a/diagnostics/local/diagnosticInformation.json": { properties: {} } };
  assert.deepEqual(await wanted({ ...service, ...other }), { prompts: true, completions: true });
});
