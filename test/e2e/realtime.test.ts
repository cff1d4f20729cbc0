/** A realtime model over WebSocket, with the official OpenAI client and real WebSocket ends: tokens of each response counted and limited. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { WebSocket, WebSocketServer } from "ws";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { ENGINES, withEngine } from "../support/engine.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const LIMITED = `<policies><inbound><base />
  <llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="100" estimate-prompt-tokens="false" />
  <llm-emit-token-metric namespace="models"><dimension name="API ID" /></llm-emit-token-metric>
</inbound></policies>`;

for (const engine of ENGINES)
  describe(`engine ${engine}`, () => {
    const server = createServer();
    const model = new WebSocketServer({ server, perMessageDeflate: true });
    let gateway: TestGateway;
    let closes: [number, string][] = [];
    let extensions: (string | undefined)[] = [];
    /** Tokens of the next response. */
    let tokens = 40;
    let tellsUsage = true;

    before(async () => {
      model.on("connection", (socket, request) => {
        extensions.push(request.headers["sec-websocket-extensions"]);
        const say = (event: object) => socket.send(JSON.stringify(event));
        say({ type: "session.created", event_id: "e0", session: { type: "realtime", model: "gpt-realtime" } });
        let count = 0;
        socket.on("close", (code, reason) => closes.push([code, reason.toString()]));
        socket.on("message", (data, isBinary) => {
          if (isBinary) {
            socket.send(data, { binary: true });
            return;
          }
          const { type } = JSON.parse(data.toString()) as { type: string };
          if (type !== "response.create") return;
          const id = `r${count++}`;
          const usage = {
            total_tokens: tokens,
            input_tokens: 10,
            output_tokens: tokens - 10,
            input_token_details: { text_tokens: 4, audio_tokens: 6, cached_tokens: 2 },
            output_token_details: { text_tokens: 1, audio_tokens: tokens - 11 },
          };
          say({ type: "response.created", response: { id, max_output_tokens: "inf" } });
          say({ type: "response.output_text.delta", response_id: id, delta: "hello ".repeat(tokens) });
          if (tokens > 100) return;
          if (tellsUsage) say({ type: "response.done", event_id: "e", response: { id, status: "completed", usage } });
          else say({ type: "response.done", event_id: "e", response: { id, status: "failed", usage: null } });
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const handshake = (text: string) => [
        operation("GET", "/*", { id: "onHandshake", policy: { source: new SourceText(text, "policy.xml") } }),
      ];
      const serviceUrl = `ws://127.0.0.1:${port}`;
      const settings = withEngine(engine);
      const [plain] = settings.listeners;
      const { program, diagnostics } = loadProgram(
        snapshot({
          // The official client speaks wss alone.
          settings: {
            ...settings,
            listeners: [plain, { ...plain, name: "secure", tls: { ...SERVER, minVersion: "1.2" } }],
          },
          apis: [
            api("v1", { path: "v1", type: "websocket", serviceUrl, operations: handshake(LIMITED) }),
            api("free", { type: "websocket", serviceUrl }),
          ],
        }),
        policies,
      );
      assert.deepEqual(diagnostics, []);
      gateway = await startGateway(program);
    });
    after(async () => {
      await gateway.close();
      for (const client of model.clients) client.terminate();
      server.close();
    });
    beforeEach(() => {
      closes = [];
      extensions = [];
      tokens = 40;
      tellsUsage = true;
    });

    let teams = 0;
    const connect = (team: string, path = "/v1/realtime") =>
      new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: { "x-team": `${engine} ${team}` } });

    /** Asks for responses one after the other until the socket closes; resolves with how many were done, and the close. */
    async function talk(
      socket: WebSocket,
      responses: number,
    ): Promise<{ done: number; code?: number; reason?: string }> {
      let done = 0;
      return new Promise((resolve) => {
        socket.on("message", (data) => {
          const { type } = JSON.parse(data.toString()) as { type: string };
          if (type === "response.done") done++;
          if (type === "response.done" && done === responses) resolve({ done });
          else if (type === "response.done" || type === "session.created") socket.send('{"type":"response.create"}');
        });
        socket.on("close", (code, reason) => resolve({ done, code, reason: reason.toString() }));
      });
    }

    test("the connection is closed after the response that passes the limit, and the next one is refused", async () => {
      const team = `t${teams++}`;
      const ended = await talk(connect(team), 10);
      assert.equal(ended.code, 1008);
      assert.match(ended.reason ?? "", /^Token limit is exceeded\. Try again in \d+ seconds\.$/);
      // 40 + 40 fit into 100. A request that was under way when the limit was passed may have been begun.
      assert.equal(ended.done, 3);
      while (closes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(closes[0][0], 1008);
      const again = connect(team);
      const [, response] = (await once(again, "unexpected-response")) as [unknown, { statusCode: number }];
      again.on("error", () => {});
      assert.equal(response.statusCode, 429);
    });

    test("sessions side by side share the limit", async () => {
      const team = `t${teams++}`;
      const sessions = await Promise.all([1, 2, 3].map(() => talk(connect(team), 10)));
      assert.ok(sessions.every(({ code }) => code === 1008 || code === undefined || code === 1006));
      const done = sessions.reduce((sum, session) => sum + session.done, 0);
      // Each session may have one response under way when the limit is passed.
      assert.ok(done >= 3 && done <= 5, `${done}`);
    });

    test("what is not text passes as it is, unlimited where no policy looks", async () => {
      const socket = connect(`t${teams++}`);
      await once(socket, "message");
      const bytes = Buffer.alloc(300_000, 7);
      socket.send(bytes);
      const [echo] = (await once(socket, "message")) as [Buffer];
      assert.equal(Buffer.compare(echo, bytes), 0);
      assert.deepEqual(extensions, [undefined]);
      socket.close();
      const free = await talk(connect("free", "/free/realtime"), 10);
      assert.equal(free.done, 10);
      assert.match(extensions[1] ?? "", /permessage-deflate/);
    });

    test("a response that breaks off is settled with the text that was sent", async () => {
      const team = `t${teams++}`;
      // So many that no usage is told any more.
      tokens = 120;
      const socket = connect(team);
      await new Promise<void>((resolve) =>
        socket.on("message", (data) => {
          if (data.toString().includes("session.created")) socket.send('{"type":"response.create"}');
          else if (data.toString().includes("delta")) resolve();
        }),
      );
      socket.terminate();
      let status = 101;
      for (let tries = 0; tries < 100 && status === 101; tries++) {
        const again = connect(team);
        again.on("error", () => {});
        status = await new Promise((resolve) => {
          again.once("open", () => resolve(101));
          again.once("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
        });
        again.terminate();
        if (status === 101) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.equal(status, 429);
    });

    test("a response that is done without a word of its usage is settled with the text that was sent", async () => {
      tellsUsage = false;
      const ended = await talk(connect(`t${teams++}`), 10);
      assert.deepEqual([ended.code, ended.done], [1008, 3]);
    });

    test("a session that used nothing gives back what it held", async () => {
      const team = `t${teams++}`;
      tokens = 99;
      for (let i = 0; i < 3; i++) {
        const idle = connect(team);
        await once(idle, "message");
        idle.close();
        await once(idle, "close");
      }
      // 99 fit into 100 when nothing else is held.
      assert.equal((await talk(connect(team), 1)).done, 1);
    });

    test("the official client", async () => {
      const { port } = gateway.server.addresses[1];
      const client = new OpenAI({ apiKey: "unused", baseURL: `https://localhost:${port}/v1` });
      const realtime = new OpenAIRealtimeWS(
        { model: "gpt-realtime", options: { ca: AUTHORITY, headers: { "x-team": `${engine} official` } } },
        client,
      );
      await new Promise<void>((resolve) => realtime.socket.on("open", () => resolve()));
      const done = new Promise<number | undefined>((resolve) =>
        realtime.on("response.done", (event) => resolve(event.response.usage?.total_tokens)),
      );
      realtime.send({ type: "response.create" });
      assert.equal(await done, 40);
      realtime.close();
    });
  });
