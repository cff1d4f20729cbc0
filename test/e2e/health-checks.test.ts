/** Backends that say they are not well get no calls, in any thread, until they are well again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";
import { callOnce } from "../support/open-loop.ts";

const POLICY = `<policies><inbound><base /><set-backend-service backend-id="both" /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

test("a pool leaves out the member that is not well, before a caller meets it", async (t) => {
  const members = [await Backend.start(), await Backend.start()];
  const [first, second] = members;
  const isWell = new Map(members.map((member) => [member, true]));
  for (const member of members) {
    member.answer = (asked, response) => {
      const isProbe = asked.url === "/base/health";
      response.writeHead(isProbe && isWell.get(member) !== true ? 500 : 200).end();
    };
  }
  const healthCheck = { path: "/health", intervalMs: 100, timeoutMs: 2_000, unhealthyAfter: 2, healthyAfter: 2 };
  const folder = await writeFolder({
    serviceUrl: first.url,
    policies: { api: POLICY },
    backends: {
      first: { url: `${first.url}/base`, protocol: "http" },
      second: { url: `${second.url}/base`, protocol: "http" },
      both: { type: "Pool", pool: { services: [{ id: "/backends/first" }, { id: "/backends/second" }] } },
    },
    settings: {
      listeners: [{ host: "127.0.0.1", port: 0 }],
      accessLog: false,
      backends: { first: { healthCheck }, second: { healthCheck } },
    },
  });
  const gateway = await startGateway({ folder, watch: false, workers: 2 });
  t.after(async () => {
    await gateway.stop();
    for (const member of members) await member.close();
    await removeFolder(folder);
  });
  const { port } = gateway.addresses[0];
  const call = () => callOnce({ port, path: "/t/items/1", headers: { "Ocp-Apim-Subscription-Key": KEY } });
  const callsOf = ({ seen }: Backend) => seen.filter(({ url }) => url !== "/base/health").length;
  /** Who got the calls of a round, and with which statuses they ended. Each is a connection of its own: both threads get some. */
  const round = async () => {
    const before = members.map(callsOf);
    const statuses = new Set<number>();
    for (let i = 0; i < 10; i++) statuses.add((await call()).status);
    return { statuses: [...statuses], got: members.map((member, i) => callsOf(member) > before[i]) };
  };
  const until = async (expected: object) => {
    let last: object = {};
    for (let i = 0; i < 40; i++) {
      last = await round();
      if (JSON.stringify(last) === JSON.stringify(expected)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(last, expected);
  };

  await until({ statuses: [200], got: [true, true] });
  isWell.set(first, false);
  await until({ statuses: [200], got: [false, true] });
  isWell.set(second, false);
  await until({ statuses: [503], got: [false, false] });
  assert.ok(Number((await call()).retryAfter) >= 1);
  isWell.set(first, true);
  await until({ statuses: [200], got: [true, false] });
  isWell.set(second, true);
  await until({ statuses: [200], got: [true, true] });
});
