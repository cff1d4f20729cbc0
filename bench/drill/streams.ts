/** D11, D19: thousands of connections that say nothing: streams of events that wait, and callers who only take up room. */
import { get } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY } from "../../test/support/api-folder.ts";
import { SERVER } from "../../test/support/certificates.ts";
import { atMost, type Drill, equal, noted } from "./drill.ts";
import { sideLoad } from "./side-load.ts";
import { document, failed, p99, type Site, withSite } from "./site.ts";

const headers = { "Ocp-Apim-Subscription-Key": KEY };
const SIDE_RATE = 100;
/** Calls beside the streams are answered by the gateway itself: the backend of all those streams is not what is drilled. */
const SIDE = document(
  '<choose><when condition="@(context.Request.Headers.ContainsKey("X-Side"))"><return-response><set-body>x</set-body></return-response></when></choose>',
);

export const idleStreams: Drill = {
  id: "D11",
  title: "idle streams of events, and other calls beside them",
  isLong: true,
  isAlone: true,
  run: ({ isLong }) =>
    withSite({ policy: () => SIDE }, async (site) => {
      const count = isLong ? 8_000 : 500;
      site.backend.answer = (_asked, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      };
      const spanMs = isLong ? 10_000 : 3_000;
      const load = { port: site.port, path: "/t/items/1", headers: { ...headers, "X-Side": "1" } };
      const side = () => sideLoad({ ...load, rate: SIDE_RATE, durationMs: spanMs });
      const before = await side();
      const memory = site.residentMb;
      const streams = await openStreams(site, count);
      // The engine collects what opening them has left behind, several times.
      await sleep(isLong ? 30_000 : 1_000);
      const perStream = ((site.residentMb - memory) * 1024) / streams.length;
      const cpu = site.cpuMs;
      await sleep(spanMs);
      const idle = ((site.cpuMs - cpu) * 100) / spanMs;
      const beside = await side();
      site.process.kill("SIGHUP");
      await sleep(1_500);
      const open = streams.filter((socket) => !socket.destroyed).length;
      for (const socket of streams) socket.destroy();
      const ratio = p99(beside) / p99(before);
      return [
        equal("streams open", open, count),
        isLong
          ? atMost("memory for a stream", perStream, 45, " KB")
          : noted("memory for a stream", `${perStream.toFixed(1)} KB`),
        isLong
          ? atMost("processor while all are idle", idle, 2, " %")
          : noted("processor while all are idle", `${idle.toFixed(1)} %`),
        equal(`beside: failed of ${beside.length}`, failed(beside), 0),
        noted("beside: p99", `${p99(before).toFixed(1)} ms before, ${p99(beside).toFixed(1)} ms`),
        isLong ? atMost("beside: p99 ratio", ratio, 1.3) : noted("beside: p99 ratio", ratio.toFixed(2)),
      ];
    }),
};

/** A hundred at a time; each has begun. */
async function openStreams({ port }: Site, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, (_, i) =>
      stream(port, sockets.length + i),
    );
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

function stream(port: number, number: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = get({ port, path: `/t/items/stream${number}`, headers, agent: false }, (response) => {
      response.on("error", () => {});
      response.once("data", () => {
        asked.setTimeout(0);
        resolve(response.socket);
      });
    });
    asked.on("error", reject);
    asked.setTimeout(30_000, () => asked.destroy(new Error(`Stream ${number} does not begin`)));
  });
}

export const connectionFlood: Drill = {
  id: "D19",
  title: "a flood of connections that say nothing, and of TLS handshakes cut in half",
  isLong: true,
  isAlone: true,
  async run({ isLong }) {
    const files = { "server.crt": SERVER.certificate, "server.key": SERVER.key };
    const tls = { certificate: "server.crt", key: "server.key" };
    const findings = [];
    for (const [what, options, hello] of [
      ["silent", {}, ""],
      // The beginning of a ClientHello, and nothing more.
      ["half a handshake", { listener: { tls }, files }, "\x16\x03\x01\x02\x00\x01\x00"],
    ] as const) {
      findings.push(...(await withSite(options, (site) => flood(site, what, isLong ? 6_000 : 600, hello))));
    }
    return findings;
  },
};

async function flood(site: Site, what: string, count: number, hello: string) {
  const memory = site.residentMb;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port: site.port, host: "127.0.0.1" });
    socket.on("error", () => {});
    socket.on("connect", () => hello !== "" && socket.write(hello, "latin1"));
    return socket;
  });
  const isPlain = hello === "";
  const canary: number[] = [];
  const startedAt = performance.now();
  let goneMs = Number.POSITIVE_INFINITY;
  let most = 0;
  while (performance.now() < startedAt + 20_000 && goneMs === Number.POSITIVE_INFINITY) {
    canary.push(isPlain ? (await site.call()).status : await site.admin("/livez"));
    most = Math.max(most, site.residentMb);
    if (sockets.every((socket) => socket.destroyed)) goneMs = performance.now() - startedAt;
    await sleep(50);
  }
  for (const socket of sockets) socket.destroy();
  return [
    equal(`${what}: others failed of ${canary.length}`, canary.filter((status) => status !== 200).length, 0),
    atMost(`${what}: all ${count} gone after`, goneMs, 15_000, " ms"),
    noted(`${what}: memory for one`, `${(((most - memory) * 1024) / count).toFixed(1)} KB`),
  ];
}
