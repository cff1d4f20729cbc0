import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, configFolder } from "../../test/support/config-folder.ts";
import { loadFolder } from "./load.ts";

const namedValue = (name: string, value?: string) => ({
  [`named values/${name}/namedValueInformation.json`]: {
    properties: { displayName: name, secret: value === undefined, value },
  },
});
const backend = (credentials: object) => ({
  "backends/b/backendInformation.json": { properties: { url: "https://b.example", credentials } },
});

test("named values in credentials stand for their values, alone and within a text", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    ...namedValue("key", "v-1"),
    ...backend({
      header: { "x-key": ["{{key}}", "plain"] },
      query: { code: ["a{{ key }}b"] },
      authorization: { scheme: "Bearer", parameter: "{{key}}" },
    }),
  });
  const { snapshot } = await loadFolder(folder, { env: {} });
  const credentials = snapshot?.backends.get("b")?.credentials;
  assert.deepEqual(credentials?.header.get("x-key"), ["v-1", "plain"]);
  assert.deepEqual(credentials?.query.get("code"), ["av-1b"]);
  assert.equal(credentials?.authorization?.parameter, "v-1");
});

test("a named value that is not there, or has no value, is a mistake", async () => {
  const folder = await configFolder({
    ...apiFiles("a"),
    ...namedValue("secret"),
    ...backend({ header: { a: ["{{secret}}"], b: ["{{secrt}}"] } }),
  });
  const { diagnostics } = await loadFolder(folder, { env: {} });
  assert.deepEqual(
    diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message} ${d.hint}`),
    [
      'SP1205 The named value "secret" has no value; the credentials of the backend "b" use it Give one in sallyport.yaml: namedValues: { "secret": "env:SOME_VARIABLE" }.',
      'SP1102 There is no named value "secrt"; the credentials of the backend "b" use it Did you mean "secret"?',
    ],
  );
});
