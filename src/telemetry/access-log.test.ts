import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccessRecord, JsonAccessLog } from "./access-log.ts";

const RECORD: AccessRecord = {
  receivedAt: Date.UTC(2024, 4, 6, 7, 8, 9, 45),
  correlationId: "00000000-0000-4000-8000-000000000000",
  method: "GET",
  url: "https://api.example/shop/items",
  callerIp: "192.0.2.1",
  clientProtocol: "HTTP/1.1",
  clientTlsVersion: "",
  responseCode: 200,
  responseBytes: 12,
  totalMs: 0,
};

function logged(...records: readonly Partial<AccessRecord>[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const log = new JsonAccessLog({ write: (line) => lines.push(line), flush: async () => {}, dropped: 0 });
  for (const record of records) log.add({ ...RECORD, ...record });
  return lines.map((line) => JSON.parse(line));
}

test("operations of one name in several APIs keep their own API, revision and product", () => {
  const places = [
    { apiId: "a", apiRevision: "1", operationId: "list", productId: undefined },
    { apiId: "b", apiRevision: "1", operationId: "list", productId: undefined },
    { apiId: "b", apiRevision: "2", operationId: "list", productId: "gold" },
    { apiId: "b", apiRevision: "2", operationId: 'li"st', productId: "gold" },
    { apiId: undefined, apiRevision: undefined, operationId: undefined, productId: undefined },
  ];
  const asked = [...places, ...places.toReversed()];
  const told = logged(...asked).map(({ apiId, apiRevision, operationId, productId }) => ({
    apiId,
    apiRevision,
    operationId,
    productId,
  }));
  assert.deepEqual(told, asked);
});

test("times are milliseconds with three decimals", () => {
  const times = [0, 0.0004, 0.001, 0.01, 0.1, 1, 12.3456, 999.9996, 1_000.05, 86_400_000.5, 4e9, 9_007_199_254];
  const told = logged(...times.map((totalMs) => ({ totalMs, backendMs: totalMs })));
  for (const [i, time] of times.entries()) {
    assert.equal(told[i].totalTime, Math.round(time * 1_000) / 1_000);
    assert.equal(told[i].backendTime, told[i].totalTime);
  }
});

test("nothing that a caller sends ends a line or a text", () => {
  const [told] = logged({ method: 'A"B', callerIp: "a\nb", clientProtocol: "HTTP/\u2028", url: 'http://h/\u0007"' });
  assert.deepEqual(
    [told.method, told.callerIpAddress, told.clientProtocol, told.url],
    ['A"B', "a\nb", "HTTP/\u2028", 'http://h/\u0007"'],
  );
});
