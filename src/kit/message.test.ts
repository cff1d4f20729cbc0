import assert from "node:assert/strict";
import { test } from "node:test";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "./message.ts";

test("a new body brings its own length and is not encoded", () => {
  const headers = Headers.of([
    ["Content-Type", "text/plain"],
    ["content-encoding", "gzip"],
    ["Content-Length", "7"],
  ]);
  const response = new ResponseMessage(200, "", headers, Body.text("zzzzzzz"));
  response.isBodyConsumed = true;
  response.setBody(Body.text("plain"));
  assert.deepEqual(headers.raw, ["Content-Type", "text/plain"]);
  assert.equal(response.isBodyConsumed, false);
});

test("the body that is replaced is given up", () => {
  let cancelled = 0;
  const stream = Body.stream({ start: () => {}, resume: () => {}, cancel: () => cancelled++ });
  new ResponseMessage(200, "", new Headers(), stream).setBody(Body.none);
  assert.equal(cancelled, 1);
});
