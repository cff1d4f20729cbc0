/** D18: the name server loses a backend's name, takes five seconds for another's, and tells a new address. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY } from "../../test/support/api-folder.ts";
import { callOnce, openLoop } from "../../test/support/open-loop.ts";
import { atMost, type Drill, equal, noted } from "./drill.ts";
import { type Answer, NameServer } from "./name-server.ts";
import { document, failed, p99, type Site, withSite } from "./site.ts";

const SERVER_ADDRESS = "127.0.0.53";
/** The system's resolver tells no time to live: this is how long an answer is taken for fresh. */
const FRESH_MS = 10_000;
const RATE = 100;
const SLOW_MS = 5_000;
/** The slowest hundredth of one turn is a single collection of garbage: of this many, each with its like beside it, it is not. */
const TURNS = 5;

/** The gateway asks this name server alone: it gets a file of its own in place of /etc/resolv.conf. */
const file = join(tmpdir(), `sallyport-drill-resolv-${process.pid}`);
const before = ["unshare", "--mount", "sh", "-c", `mount --bind ${file} /etc/resolv.conf && exec "$@"`, "sh"];

function canUnshare(): boolean {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** Calls the backend of the name in a header. */
const NAMED = document(
  '<set-backend-service base-url="@("http://" + context.Request.Headers.GetValueOrDefault("X-Name", "b") + ".drill.test:PORT")" />',
);

export const names: Drill = {
  id: "D18",
  title: "a name server that forgets, is slow, and tells a new address",
  isLong: true,
  isAlone: true,
  missing: !canUnshare() && "needs root and unshare, for a name server of its own",
  async run() {
    writeFileSync(file, `nameserver ${SERVER_ADDRESS}\noptions timeout:10 attempts:1\n`);
    let answer: (name: string) => Answer = () => ({ address: "127.0.0.1" });
    const server = await NameServer.start(SERVER_ADDRESS, (name) => answer(name));
    const policy = (url: string) => NAMED.replace("PORT", new URL(url).port);
    const settings = { egress: { allow: ["127.0.0.0/8"] } };
    try {
      return await withSite({ policy, settings, before }, async (site) => {
        // Connections are not kept: each call asks for an address.
        site.backend.answer = (_asked, response) => void response.setHeader("Connection", "close").end("old");
        await load(site, 3_000);
        answer = () => ({});
        const lost = await load(site, FRESH_MS + 5_000);
        answer = (name) => ({ address: "127.0.0.1", delayMs: name.startsWith("slow") ? SLOW_MS : 0 });
        const [usual, beside] = [await besideOthers(site, "quick", 0), await besideOthers(site, "slow", 0)];
        for (let turn = 1; turn < TURNS; turn++) {
          usual.push(...(await besideOthers(site, "quick", turn)));
          beside.push(...(await besideOthers(site, "slow", turn)));
        }
        const flippedMs = await flip(site, () => {
          answer = () => ({ address: "127.0.0.2" });
        });
        const ratio = p99(beside) / p99(usual);
        return [
          equal(`name is gone: failed of ${lost.length}`, failed(lost), 0),
          equal(`another is slow: failed of ${beside.length}`, failed(beside), 0),
          noted("another is slow: p99, of the usual", `${p99(beside).toFixed(1)} ms, ${p99(usual).toFixed(1)} ms`),
          atMost("another is slow: p99 ratio", ratio, 1.2),
          atMost("new address used after", flippedMs, FRESH_MS + 5_000, " ms"),
        ];
      });
    } finally {
      server.close();
    }
  },
};

const headersFor = (name: string) => ({ "Ocp-Apim-Subscription-Key": KEY, "X-Name": name });

function load({ port }: Site, durationMs: number) {
  return openLoop({ port, path: "/t/items/1", headers: headersFor("b"), rate: RATE, durationMs });
}

/** The same work twice, but for how long the names of the other backends take. */
async function besideOthers(site: Site, kind: "quick" | "slow", turn: number) {
  const others = Array.from({ length: 20 }, (_, i) => named(site, `${kind}${turn}-${i}`));
  const ended = await load(site, SLOW_MS);
  await Promise.all(others);
  return ended;
}

function named({ port }: Site, name: string) {
  return callOnce({ port, path: "/t/items/1", headers: headersFor(name) });
}

/** How long until another machine, of the same port, is called. */
async function flip(site: Site, tell: () => void): Promise<number> {
  let isCalled = false;
  const other = createServer((_asked, response) => {
    isCalled = true;
    response.end("new");
  });
  other.listen(site.backend.port, "127.0.0.2");
  await once(other, "listening");
  tell();
  const toldAt = performance.now();
  while (!isCalled && performance.now() < toldAt + 60_000) {
    await named(site, "b");
    await sleep(50);
  }
  other.closeAllConnections();
  other.close();
  return performance.now() - toldAt;
}
