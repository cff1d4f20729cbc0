import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const operation = {
  responses: [
    {
      status: 200,
      description: "",
      representations: [
        { contentType: "text/plain", example: undefined },
        { contentType: "application/json", example: '{"a":1}' },
      ],
    },
    { status: 404, description: "", representations: [] },
  ],
};

test("answers with the first example of the status", async () => {
  const { status, body, exchange } = await run('<mock-response /><set-variable name="after" value="1" />', {
    context: { operation },
  });
  assert.deepEqual(
    [status, body, exchange.response?.headers.first("Content-Type"), exchange.variables.has("after")],
    [200, '{"a":1}', "application/json", false],
  );
});

test("a content type without example, or a status without representation, has no body", async () => {
  const plain = await run('<mock-response content-type="text/plain" />', { context: { operation } });
  assert.deepEqual(
    [plain.status, plain.body, plain.exchange.response?.headers.first("Content-Type")],
    [200, "", "text/plain"],
  );
  const missing = await run('<mock-response status-code="404" />', { context: { operation } });
  assert.deepEqual([missing.status, missing.body], [404, ""]);
});

test("a status code is a number from 200 to 599", () => {
  assert.deepEqual(
    check('<mock-response status-code="ok" />').map((d) => d.code),
    ["SP2004"],
  );
});
