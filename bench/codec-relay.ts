/** The floor of the gateway: its own HTTP/1.1 codec on both sides, strict as ever, and nothing in between. */
import { Body } from "../src/http/body.ts";
import { createFront, createUpstream } from "../src/http/engine.ts";
import { Headers } from "../src/http/headers.ts";
import { defaultSettings } from "../src/resources/empty-snapshot.ts";
import { ready } from "./child.ts";

const [backendPort] = process.argv.slice(2);
const origin = `http://127.0.0.1:${backendPort}`;
const upstream = createUpstream("native");
const front = createFront("native", {
  name: "relay",
  host: "127.0.0.1",
  port: 0,
  limits: defaultSettings().http,
  onRequest: (caller, reply) => {
    const { method, target: path, headers, body } = caller;
    upstream
      .request({ method, origin, path, headers, body, headersTimeoutMs: 30_000, caller })
      .then((answer) => reply.send(answer.status, answer.reason, answer.headers, answer.body))
      .catch(() => reply.destroy());
  },
  onUpgrade: (_request, tunnel) => tunnel.refuse(501, "", new Headers(), Body.none),
});
const { port } = await front.listen();
ready({ port, address: "", family: "" });
