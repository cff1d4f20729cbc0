/** The gateway in front of a model, as it is composed in a thread: key, JWT, limit of tokens, metric; `ledger` keeps a record of each call besides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { DataPlane } from "../../src/fleet/data-plane.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../../src/kit/identities.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { policies } from "../../src/policies/index.ts";
import { defaultSettings, emptySnapshot } from "../../src/resources/empty-snapshot.ts";
import { allocateStores } from "../../src/state/open.ts";
import { JsonLog } from "../../src/telemetry/json-log.ts";
import { BufferedLineWriter } from "../../src/telemetry/line-writer.ts";
import { MetricRegistry } from "../../src/telemetry/metric-registry.ts";
import { api, operation } from "../../test/support/snapshot.ts";
import { ready } from "../child.ts";
import { KEY, TOKEN_SECRET } from "../request.ts";

const [mode, backendPort] = process.argv.slice(2) as ["policies" | "estimate" | "ledger", string];

const POLICY = `<policies>
  <inbound>
    <base />
    <validate-jwt header-name="Authorization" failed-validation-httpcode="401">
      <issuer-signing-keys><key>${TOKEN_SECRET.toString("base64")}</key></issuer-signing-keys>
      <audiences><audience>bench</audience></audiences>
      <issuers><issuer>https://issuer.example</issuer></issuers>
    </validate-jwt>
    <llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="2000000000" estimate-prompt-tokens="${mode === "estimate"}" remaining-tokens-header-name="x-remaining" />
    <llm-emit-token-metric namespace="bench">
      <dimension name="API ID" />
      <dimension name="Subscription ID" />
    </llm-emit-token-metric>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

const settings = defaultSettings();
const listeners = settings.listeners.map((listener) => ({ ...listener, port: 0 }));
const subscription = {
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
} as const;
const model = api("models", {
  serviceUrl: `http://127.0.0.1:${backendPort}/v1`,
  subscriptionRequired: true,
  operations: [operation("POST", "/chat/completions")],
  policy: { source: new SourceText(POLICY, "policy.xml") },
});
const snapshot = { ...emptySnapshot({ ...settings, listeners }), apis: [model], subscriptions: [subscription] };
const { program, diagnostics } = loadProgram(snapshot, policies);
if (program === undefined) throw new Error(diagnostics.map((d) => d.message).join("; "));
const log = new JsonLog(new BufferedLineWriter(), systemClock);
const folder = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGTERM", () => process.exit(0));
const ledger = mode === "ledger" ? openLedger(settings.ai.ledger, join(folder, "usage.db"), log) : undefined;
const plane = await DataPlane.start({
  program,
  clock: systemClock,
  log,
  memory: allocateStores({ ...settings.stores }),
  owner: 0,
  threads: 1,
  replica: "bench",
  registry: new MetricRegistry(),
  keepUsage: ledger && ((records) => ledger.add(records)),
  identities: () => ({ identities: NO_IDENTITIES, authorizations: NO_AUTHORIZATIONS }),
});
ready({ port: plane.addresses[0].port, address: "", family: "" });
