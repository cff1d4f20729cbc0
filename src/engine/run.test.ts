import assert from "node:assert/strict";
import { test } from "node:test";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import type { Section } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { PolicyFault, Refusal } from "../kit/outcome.ts";
import type { Step } from "../kit/policy.ts";
import { stubContext } from "./context/stub.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { runPlan } from "./run.ts";

const EMPTY: Plan = { inbound: [], backend: [], outbound: [], onError: [] };

function step(policy: string, section: Section, run: Step): PlannedStep {
  return { run, place: { policy, id: `${policy} id`, scope: "api", section, path: "", file: "test.xml", line: 1 } };
}

/** A response whose body streams, and whether it was given up. */
function streaming(): { response: ResponseMessage; cancelled: () => boolean } {
  let isCancelled = false;
  const body = Body.stream({ start: () => {}, resume: () => {}, cancel: () => (isCancelled = true) });
  return { response: new ResponseMessage(502, "", new Headers(), body), cancelled: () => isCancelled };
}

function fresh() {
  const exchange = stubContext({ lastError: null });
  exchange.response = null;
  return exchange;
}

for (const [what, end] of [
  ["a fault", () => Promise.reject(new PolicyFault("Broken", "broken"))],
  ["a refusal", () => new Refusal(403, "Broken", "broken")],
] as const) {
  test(`${what} in on-error gives up the response it replaces`, async () => {
    const { response, cancelled } = streaming();
    const exchange = fresh();
    const backend = step("forward-request", "backend", (x) => {
      x.response = response;
      return new Refusal(502, "Kept", "kept", { keepsResponse: true });
    });
    await runPlan(exchange, { ...EMPTY, backend: [backend], onError: [step("second", "on-error", end)] });
    assert.equal(cancelled(), true);
    assert.deepEqual(
      [exchange.lastError?.source, exchange.lastError?.reason, exchange.lastError?.section],
      ["second", "Broken", "on-error"],
    );
  });
}

test("a fault of what was left to be done is its policy's, and gives up the response", async () => {
  const { response, cancelled } = streaming();
  const exchange = fresh();
  const inbound = step("promising", "inbound", (x) => {
    x.beforeResponse(() => Promise.reject(new PolicyFault("Broken", "broken")));
    return undefined;
  });
  const backend = step("forward-request", "backend", (x) => {
    x.response = response;
    return undefined;
  });
  await runPlan(exchange, { ...EMPTY, inbound: [inbound], backend: [backend] });
  assert.equal(cancelled(), true);
  assert.deepEqual(
    [exchange.response?.status, exchange.lastError?.source, exchange.lastError?.section],
    [500, "promising", "inbound"],
  );
});

test("what is thrown need not be an error", async () => {
  for (const thrown of ["text", undefined, null, 7]) {
    const exchange = fresh();
    await runPlan(exchange, {
      ...EMPTY,
      inbound: [
        step("odd", "inbound", () => {
          throw thrown;
        }),
      ],
    });
    assert.deepEqual([exchange.response?.status, exchange.lastError?.source], [500, "odd"]);
  }
});
