import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";

test("answers and stops the pipeline", async () => {
  const { exchange, status, body } = await run(`
    <return-response>
      <set-status code="202" reason="Accepted" />
      <set-header name="X-A"><value>1</value></set-header>
      <set-body>done</set-body>
    </return-response>
    <set-variable name="after" value="ran" />`);
  assert.deepEqual(
    [status, body, exchange.response?.headers.first("X-A"), exchange.variables.has("after")],
    [202, "done", "1", false],
  );
});

test("alone it is an empty 200", async () => {
  assert.deepEqual(await run("<return-response />").then(({ status, body }) => [status, body]), [200, ""]);
});

test("starts from a response in a variable and leaves that as it was", async () => {
  const response = new ResponseMessage(404, "", Headers.of([["X-From", "variable"]]), Body.text("kept"));
  const definition =
    '<return-response response-variable-name="r"><set-status code="410" reason="Gone" /></return-response>';
  const { exchange, status, body } = await run(`<set-variable name="x" value="1" />${definition}`, {
    variables: { r: response },
  });
  assert.deepEqual(
    [status, body, exchange.response?.headers.first("X-From"), response.status],
    [410, "kept", "variable", 404],
  );
});

test("a variable that holds no response is a fault", async () => {
  const { lastError } = await run(
    '<set-variable name="r" value="text" /><return-response response-variable-name="r" />',
  );
  assert.equal(lastError?.reason, "InvalidResponseVariable");
});

test("a second set-status is a mistake", () => {
  const twice =
    '<return-response><set-status code="200" reason="" /><set-status code="201" reason="" /></return-response>';
  assert.deepEqual(
    check(twice).map((d) => d.code),
    ["SP2009"],
  );
});

test("a body of its own is not encoded as that of the variable was, unless a header says so", async () => {
  const encoded = () => new ResponseMessage(200, "", Headers.of([["Content-Encoding", "br"]]), Body.text("compressed"));
  const answer = (headers: string) =>
    `<return-response response-variable-name="r">${headers}<set-body>own</set-body></return-response>`;
  const plain = await run(answer(""), { variables: { r: encoded() } });
  assert.deepEqual([plain.body, plain.exchange.response?.headers.has("Content-Encoding")], ["own", false]);
  const named = await run(answer('<set-header name="Content-Encoding"><value>gzip</value></set-header>'), {
    variables: { r: encoded() },
  });
  assert.equal(named.exchange.response?.headers.first("Content-Encoding"), "gzip");
});
