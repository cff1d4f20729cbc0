/** Part of D8: what becomes of connections that live longer than a request, HTTP/2 and WebSocket, when the gateway leaves. */
import { once } from "node:events";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import { KEY } from "../../test/support/api-folder.ts";
import { SERVER } from "../../test/support/certificates.ts";
import { atLeast, equal, type Finding, sideBySide } from "./drill.ts";
import { type Site, withSite } from "./site.ts";

const LAME_DUCK = { limits: { lameDuckMs: 1_500 } };
const HEADERS = { "Ocp-Apim-Subscription-Key": KEY };
const EVERY_MS = 10;

export async function leavingConnections(): Promise<Finding[]> {
  return (await sideBySide(leavingHttp2(), leavingWebSocket())).flat();
}

interface Answer {
  /** 0: no whole answer. */
  readonly status: number;
  readonly text: string;
  /** The gateway said that it has not begun it: it may be sent again elsewhere. */
  readonly isUntouched: boolean;
}

function ask(session: ClientHttp2Session, path: string): Promise<Answer> {
  return new Promise((resolve) => {
    let [status, text] = [0, ""];
    const stream = session.request({ ":path": path, ...HEADERS });
    stream.setEncoding("latin1");
    stream.on("response", (headers) => (status = headers[":status"] ?? 0));
    stream.on("data", (part: string) => (text += part));
    stream.on("error", () => {});
    stream.on("close", () => {
      const isUntouched = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      resolve({ status: stream.rstCode === constants.NGHTTP2_NO_ERROR ? status : 0, text, isUntouched });
    });
  });
}

function leavingHttp2(): Promise<Finding[]> {
  const files = { "server.crt": SERVER.certificate, "server.key": SERVER.key };
  const listener = { tls: { certificate: "server.crt", key: "server.key", http2: true } };
  return withSite({ workers: 2, settings: LAME_DUCK, listener, files }, async (site) => {
    site.backend.answer = (asked, response) => {
      if (asked.url !== "/items/stream") response.end("x");
      else setTimeout(() => response.end("end"), 2_500).ref() && response.write("begin ");
    };
    const session = connect(`https://127.0.0.1:${site.port}`, { rejectUnauthorized: false });
    session.on("error", () => {});
    let isTold = false;
    session.on("goaway", () => (isTold = true));
    await once(session, "connect");
    const stream = ask(session, "/t/items/stream");
    const calls: Promise<Answer>[] = [];
    const load = (async () => {
      while (!isTold && !session.closed) {
        calls.push(ask(session, "/t/items/1"));
        await sleep(EVERY_MS);
      }
    })();
    await sleep(1_000);
    const { code } = await site.end("SIGTERM");
    await load;
    const answers = await Promise.all(calls);
    session.destroy();
    const lost = answers.filter(({ status, isUntouched }) => status !== 200 && !isUntouched).length;
    return [
      equal("HTTP/2: told by GOAWAY", isTold, true),
      equal(`HTTP/2: failed of ${answers.length}`, lost, 0),
      equal("HTTP/2: stream to its end", (await stream).text, "begin end"),
      equal("HTTP/2: exit code", code, 0),
    ];
  });
}

function leavingWebSocket(): Promise<Finding[]> {
  const options = { workers: 2, settings: LAME_DUCK, api: { type: "websocket" }, isCold: true };
  return withSite(options, async (site) => {
    const echo = new WebSocketServer({ server: site.backend.server });
    echo.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
    const socket = await open(site);
    let [sent, echoed, code] = [0, 0, 0];
    socket.on("message", () => echoed++);
    const over = once(socket, "close").then(([given]) => (code = given as number));
    const talk = setInterval(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send(String(sent++));
    }, EVERY_MS);
    await sleep(1_000);
    const ended = site.end("SIGTERM");
    await sleep(500);
    const late = await open(site);
    late.close();
    await sleep(1_500);
    clearInterval(talk);
    await sleep(200);
    socket.close(4_000);
    await over;
    const { code: exitCode } = await ended;
    for (const client of echo.clients) client.terminate();
    echo.close();
    return [
      atLeast("WebSocket: messages while it leaves", sent, 100),
      equal("WebSocket: of them lost", sent - echoed, 0),
      equal("WebSocket: closed by its caller alone, with", code, 4_000),
      equal("WebSocket: exit code", exitCode, 0),
    ];
  });
}

async function open({ port }: Site): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/t`, { headers: HEADERS });
  await once(socket, "open");
  return socket;
}
