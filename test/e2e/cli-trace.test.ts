import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { sallyport } from "../support/cli.ts";
import { configFolder } from "../support/config-folder.ts";

const TRACE = JSON.stringify({
  traceId: "t-1",
  traceEntries: { inbound: [{ source: "set-header", elapsed: "00:00:00.0015000", data: { message: "x" } }] },
});

test("from a file and from standard input", async () => {
  const folder = await configFolder({ "t.json": TRACE });
  const expected = "Trace t-1\n\ninbound\n  +1.500 ms  set-header\n      message: x\n";
  assert.deepEqual(await sallyport(["trace", `${folder}/t.json`]), { code: 0, out: expected, err: "" });
  assert.equal((await sallyport(["trace", "-"], { input: TRACE })).out, expected);
});

test("from a URL with the key; refusals and what is no trace say so", async (t) => {
  const server = createServer((request, response) => {
    response.statusCode = request.headers["ocp-apim-subscription-key"] === "k" ? 200 : 401;
    response.end(TRACE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trace/1`;
  assert.equal((await sallyport(["trace", url, "--key", "k"])).code, 0);
  assert.equal((await sallyport(["trace", url], { env: { SALLYPORT_KEY: "k" } })).code, 0);
  const refused = await sallyport(["trace", url]);
  assert.deepEqual(
    [refused.code, refused.err],
    [1, `${url} answered 401: traces are shown to keys that may trace: --key KEY\n`],
  );
  const none = await sallyport(["trace", "-"], { input: "{}" });
  assert.deepEqual([none.code, none.err], [1, "- holds no trace: a trace is JSON with traceId and traceEntries\n"]);
  assert.equal((await sallyport(["trace", "/no/such/file"])).code, 1);
});
