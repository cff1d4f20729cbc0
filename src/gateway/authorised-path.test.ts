/** What was authorised is what is forwarded and logged, whatever the spelling; and no spelling of a route goes around its policies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planned, programOf } from "../../test/support/gateway.ts";
import { api, operation, snapshot } from "../../test/support/snapshot.ts";
import { systemClock } from "../base/clock.ts";
import { Body } from "../http/body.ts";
import type { IncomingRequest } from "../http/front.ts";
import { Headers } from "../http/headers.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Services } from "../kit/services.ts";
import type { AccessRecord } from "../telemetry/access-log.ts";
import { canonicalPath } from "./canonical-path.ts";
import { Gateway } from "./serve.ts";

interface Outcome {
  readonly status: number;
  /** Path that a backend would be asked for; undefined when none would. */
  readonly forwarded: string | undefined;
  /** API whose policies ran. */
  readonly authorised: string | undefined;
  readonly logged: string;
}

const templates = ["/", "/items", "/items/{id}", "/items/{id}/parts/*", "/admin", "/files/{*rest}"];
const snapshotOf = snapshot({
  apis: ["open", "closed", "open/inner"].map((path) =>
    api(path.replace("/", "-"), {
      path,
      serviceUrl: "http://backend.example",
      subscriptionRequired: path === "closed",
      operations: templates.map((template) => operation("GET", template)),
    }),
  ),
});

/** Asks a gateway without sockets: the backend is a step that notes what it was asked. */
async function ask(target: string): Promise<Outcome> {
  let forwarded: string | undefined;
  let authorised: string | undefined;
  const note = planned("note", "inbound", (x: Exchange) => {
    authorised = x.route.api.path;
    return undefined;
  });
  const send = planned("send", "backend", (x: Exchange) => {
    forwarded = x.request.url.path;
    return undefined;
  });
  const records: AccessRecord[] = [];
  const services = {
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  } as unknown as Services;
  const gateway = new Gateway({ services, accessLog: { add: (record) => records.push(record) } });
  gateway.activate(programOf(snapshotOf, { inbound: [note], backend: [send], outbound: [], onError: [] }));
  const incoming: IncomingRequest = {
    method: "GET",
    target,
    httpVersion: "1.1",
    headers: new Headers(["Host", "a"]),
    body: Body.none,
    remoteAddress: "192.0.2.1",
    remotePort: 1,
    tls: undefined,
    listener: "default",
    onAbort: () => {},
  };
  const status = await new Promise<number>((resolve) => {
    gateway.handle(incoming, {
      isSent: false,
      send: (code, _reason, _headers, _body, onDone) => {
        onDone?.(0);
        resolve(code);
      },
      destroy: () => {},
    });
  });
  return { status, forwarded, authorised, logged: records[0].url };
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("open", "closed", "inner", "items", "admin", "files", "parts", "7") },
  { weight: 3, arbitrary: fc.constant("/") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "%6fpen",
      "%43losed",
      "CLOSED",
      "%2f",
      "%5C",
      "%2e",
      "%2E%2e",
      "..",
      ".",
      ";",
      ";rev=1",
      "%3b",
      "%00",
      "%25%32%66",
      "%252e",
      "//",
      "\\",
      "%c0%ae",
      "#",
      "|",
      "%7C",
      "~",
      "%7e",
    ),
  },
);

test("the path that was authorised is the one forwarded and logged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 10 }), async (pieces) => {
      const target = `/${pieces.join("")}`;
      const { status, forwarded, authorised, logged } = await ask(target);
      if (forwarded === undefined) {
        assert.ok([400, 401, 404].includes(status), `${target}: ${status}`);
        return;
      }
      const path = canonicalPath(target);
      assert.ok(path !== undefined && authorised !== undefined);
      assert.equal(logged, `http://a${path}`);
      // The API's own path, perhaps with a revision, and then exactly what the backend gets.
      const matched = new RegExp(`^/${authorised}(?:;rev=1)?(?=/|$)`, "i").exec(path);
      assert.ok(matched, `${target} ran the policies of ${authorised}`);
      assert.equal(forwarded, path.slice(matched[0].length) || "/");
      assert.notEqual(authorised, "closed", "a closed API was entered without a key");
    }),
    { numRuns: 5_000 },
  );
});

test("every route, in every spelling that is accepted, runs its policies", async () => {
  const spellings: ((path: string) => string)[] = [
    (path) => path,
    (path) => path.toUpperCase(),
    (path) => path.replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`),
    (path) => `http://a${path}`,
    (path) => `${path}?x=y`,
    (path) => path.replace(/^\/([^/]+)/, "/$1;rev=1"),
  ];
  for (const template of templates) {
    const path = `/open${template.replace("{id}", "7").replace("{*rest}", "a/b").replace("*", "x")}`;
    for (const spell of spellings) {
      const { status, authorised } = await ask(spell(path));
      assert.deepEqual([status, authorised], [200, "open"], spell(path));
    }
    assert.equal((await ask(path.replace("/open", "/closed"))).status, 401);
  }
});
