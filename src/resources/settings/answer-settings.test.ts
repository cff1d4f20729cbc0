import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, configFolder } from "../../../test/support/config-folder.ts";
import { DEFAULT_CONTENT_SAFETY, DEFAULT_SEMANTIC_CACHE } from "../answer-settings.ts";
import { loadFolder } from "../load.ts";

async function load(yaml: string) {
  const folder = await configFolder({ ...apiFiles("chat"), "sallyport.yaml": yaml });
  const env = { CACHE: "postgres://sallyport:secret@db.example.com/cache", WRONG: "mysql://h/d" };
  const { snapshot, diagnostics } = await loadFolder(folder, { env });
  return { ai: snapshot?.settings.ai, said: diagnostics.map((d) => d.message).join("; ") };
}

test("the semantic cache and content safety", async () => {
  const { ai } = await load(`
ai:
  semanticCache: { store: postgres, url: "env:CACHE", tenants: shared, embeddingsModel: ada, maxEntries: 5, timeoutMs: 100 }
  contentSafety: { onFailure: allow }
`);
  assert.deepEqual(ai?.semanticCache, {
    ...DEFAULT_SEMANTIC_CACHE,
    store: "postgres",
    url: "postgres://sallyport:secret@db.example.com/cache",
    tenants: "shared",
    embeddingsModel: "ada",
    maxEntries: 5,
    timeoutMs: 100,
  });
  assert.deepEqual(ai?.contentSafety, { ...DEFAULT_CONTENT_SAFETY, onFailure: "allow" });
  assert.deepEqual((await load("")).ai?.semanticCache, DEFAULT_SEMANTIC_CACHE);
});

test("mistakes are named", async () => {
  const said = async (cache: string) => (await load(`ai: { semanticCache: ${cache} }`)).said;
  assert.match(await said("{ store: disk }"), /store/);
  assert.match(await said("{ store: postgres }"), /"ai.semanticCache.url" is missing/);
  assert.match(await said('{ store: postgres, url: "env:WRONG" }'), /no URL of postgres/);
  assert.match(await said('{ url: "env:CACHE" }'), /of no use/);
  assert.match(await said("{ tenant: shared }"), /Unknown setting/);
  assert.match((await load("ai: { contentSafety: { onFailure: ignore } }")).said, /onFailure/);
});
