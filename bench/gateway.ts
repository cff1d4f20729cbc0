/** The gateway as users run it, with a configuration made for the benchmarks: "plain" without policies, "doors" with five. */
import { systemClock } from "../src/base/clock.ts";
import { SourceText } from "../src/base/source-text.ts";
import { loadProgram } from "../src/engine/load.ts";
import { Gateway } from "../src/gateway/serve.ts";
import { GatewayServer } from "../src/gateway/server.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../src/kit/identities.ts";
import { NO_QUEUES } from "../src/kit/queues.ts";
import { createUpstream, type Engine } from "../src/http/engine.ts";
import { policies } from "../src/policies/index.ts";
import { defaultSettings, emptySnapshot } from "../src/resources/empty-snapshot.ts";
import type { Api, Operation, Snapshot } from "../src/resources/snapshot.ts";
import { SharedCache } from "../src/state/shared/cache.ts";
import { SharedBreakers } from "../src/state/shared/breakers.ts";
import { SharedCounters } from "../src/state/shared/counters.ts";
import { SharedLocks } from "../src/state/shared/locks.ts";
import { JsonAccessLog } from "../src/telemetry/access-log.ts";
import { JsonLog } from "../src/telemetry/json-log.ts";
import { BufferedLineWriter } from "../src/telemetry/line-writer.ts";
import { SERVER } from "../test/support/certificates.ts";
import { ready } from "./child.ts";
import { KEY, TOKEN_SECRET } from "./request.ts";

const DOORS = `<policies>
  <inbound>
    <base />
    <validate-jwt header-name="Authorization" failed-validation-httpcode="401">
      <issuer-signing-keys><key>${TOKEN_SECRET.toString("base64")}</key></issuer-signing-keys>
      <audiences><audience>bench</audience></audiences>
      <issuers><issuer>https://issuer.example</issuer></issuers>
    </validate-jwt>
    <rate-limit calls="2000000000" renewal-period="300" />
    <set-header name="X-Caller" exists-action="override">
      <value>@(context.Subscription.Name + "/" + context.Request.IpAddress)</value>
    </set-header>
    <set-header name="X-Operation" exists-action="override">
      <value>@($"{context.Api.Name} {context.Request.Method} {context.Operation.UrlTemplate}")</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

const [mode, engine, backendPort] = process.argv.slice(2) as [string, Engine, string];

function configuration(): Snapshot {
  const operation = (method: string): Operation => ({
    id: `${method.toLowerCase()}-item`,
    name: `${method} item`,
    method,
    urlTemplate: "/items/{id}",
    responses: [],
    policy: undefined,
  });
  const api: Api = {
    id: "shop",
    name: "Shop",
    description: "",
    type: "http",
    path: "shop",
    protocols: ["http"],
    serviceUrl: `http://127.0.0.1:${backendPort}`,
    revision: "1",
    isCurrent: true,
    isOnline: true,
    version: undefined,
    versionSetId: undefined,
    subscriptionRequired: mode === "doors",
    subscriptionKeyHeader: "Ocp-Apim-Subscription-Key",
    subscriptionKeyQuery: "subscription-key",
    operations: [operation("GET"), operation("POST")],
    policy: mode === "doors" ? { source: new SourceText(DOORS, "doors.xml") } : undefined,
  };
  const settings = defaultSettings();
  const [plain] = settings.listeners.map((listener) => ({ ...listener, port: 0 }));
  const listeners = [plain, { ...plain, name: "secure", tls: { ...SERVER, minVersion: "1.2" as const } }];
  return {
    ...emptySnapshot({ ...settings, listeners, http: { ...settings.http, engine } }),
    version: "bench",
    apis: [api],
    subscriptions: [
      {
        id: "bench",
        name: "bench",
        scope: { kind: "all-apis" },
        state: "active",
        allowTracing: false,
        ownerId: undefined,
        primaryKey: KEY,
        secondaryKey: undefined,
        createdAt: 0,
        startAt: undefined,
        endAt: undefined,
      },
    ],
  };
}

const snapshot = configuration();
const { program, diagnostics } = loadProgram(snapshot, policies);
if (program === undefined) throw new Error(diagnostics.map((d) => d.message).join("; "));
const writer = new BufferedLineWriter();
const gateway = new Gateway({
  services: {
    clock: systemClock,
    upstream: createUpstream(engine),
    counters: new SharedCounters(systemClock),
    cache: new SharedCache(systemClock, new SharedLocks(systemClock), SharedCache.allocate(4_194_304)),
    locks: new SharedLocks(systemClock),
    breakers: new SharedBreakers(systemClock),
    identities: NO_IDENTITIES,
    authorizations: NO_AUTHORIZATIONS,
    queues: NO_QUEUES,
    log: new JsonLog(writer, systemClock),
    metrics: { emit: () => {} },
  },
  accessLog: new JsonAccessLog(writer),
});
gateway.activate(program);
const server = await GatewayServer.start(gateway, snapshot.settings);
ready({ port: server.addresses[0].port, address: "", family: "" }, server.addresses[1].port);
