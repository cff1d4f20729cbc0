/** D14: certificates change again and again under load of new connections; pairs that do not fit change nothing. */
import { writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { KEY } from "../../test/support/api-folder.ts";
import { EXPIRED, type Identity, OTHER, SERVER } from "../../test/support/certificates.ts";
import { atMost, type Drill, equal } from "./drill.ts";
import { type Site, withSite } from "./site.ts";

const files = { "server.crt": SERVER.certificate, "server.key": SERVER.key };
const tls = { certificate: "server.crt", key: "server.key" };
const CALLS_PER_SECOND = 40;

const BAD: readonly (readonly [string, Identity])[] = [
  ["a key of another certificate", { certificate: SERVER.certificate, key: OTHER.key }],
  ["half a file", { certificate: SERVER.certificate.slice(0, 300), key: SERVER.key }],
  ["no key at all", { certificate: SERVER.certificate, key: "" }],
  ["a certificate that has expired, of another key", { certificate: EXPIRED, key: SERVER.key }],
];

interface Visit {
  /** 0: no handshake, or no answer. */
  readonly status: number;
  readonly name: string;
}

export const certificateRotation: Drill = {
  id: "D14",
  title: "certificates rotate under load; pairs that do not fit",
  isLong: true,
  run: ({ isLong }) =>
    withSite({ listener: { tls }, files, workers: 2 }, async (site) => {
      let isOver = false;
      const visits: Promise<Visit>[] = [];
      const load = (async () => {
        while (!isOver) {
          visits.push(visit(site));
          await sleep(1_000 / CALLS_PER_SECOND);
        }
      })();
      let slowestMs = 0;
      const rotations = isLong ? 50 : 6;
      for (let i = 0; i < rotations; i++) {
        const next = i % 2 === 0 ? OTHER : SERVER;
        await write(site, next);
        const writtenAt = performance.now();
        const name = i % 2 === 0 ? "other" : "localhost";
        // Both threads: as many in a row as chance would hardly give.
        for (let inARow = 0; inARow < 8 && performance.now() < writtenAt + 10_000; )
          inARow = (await visit(site)).name === name ? inARow + 1 : 0;
        slowestMs = Math.max(slowestMs, performance.now() - writtenAt);
      }
      let told = 0;
      const changed: string[] = [];
      for (const [what, pair] of BAD) {
        const logged = site.logText.length + site.errorText.length;
        await write(site, pair);
        await sleep(1_200);
        if (site.logText.length + site.errorText.length > logged) told++;
        if ((await visit(site)).name !== "localhost") changed.push(what);
      }
      isOver = true;
      await load;
      const ended = await Promise.all(visits);
      return [
        equal(`failed of ${ended.length}`, ended.filter(({ status }) => status !== 200).length, 0),
        atMost(`${rotations} rotations: seen after`, slowestMs, 2_000, " ms"),
        equal("bad pairs that were taken", changed.join() || "none", "none"),
        equal("bad pairs that were told of", told, BAD.length),
      ];
    }),
};

async function write({ folder, process }: Site, { certificate, key }: Identity): Promise<void> {
  await writeFile(join(folder, "server.crt"), certificate);
  await writeFile(join(folder, "server.key"), key);
  process.kill("SIGHUP");
}

/** A connection, a handshake and a call of its own. */
function visit({ port }: Site): Promise<Visit> {
  return new Promise((resolve) => {
    const options = { port, path: "/t/items/1", agent: false, rejectUnauthorized: false } as const;
    const asked = get({ ...options, headers: { "Ocp-Apim-Subscription-Key": KEY } }, (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, name: String(subject?.CN) }));
      response.on("error", () => resolve({ status: 0, name: "" }));
    });
    asked.on("error", () => resolve({ status: 0, name: "" }));
  });
}
