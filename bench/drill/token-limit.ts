/** D20, D21: 200 streams of a model at once against a limit that fits 50: what is accepted never passes the limit. */
import { request, type ServerResponse } from "node:http";
import { KEY } from "../../test/support/api-folder.ts";
import { noRedis, RedisServer } from "../../test/support/redis.ts";
import { atLeast, atMost, type Drill, equal, type Finding } from "./drill.ts";
import { document, Site, withSite } from "./site.ts";

const STREAMS = 200;
const FITS = 50;
/** Tokens of the prompt "Hello", and the most an answer may have: all of them are used. */
const PROMPT = 1;
const ANSWER = 100;
const LIMIT = FITS * (PROMPT + ANSWER);
const POLICY = document(
  `<llm-token-limit counter-key="all" tokens-per-minute="${LIMIT}" estimate-prompt-tokens="true" />`,
);
const PARTS = 20;
const PART_MS = 50;

const BODY = JSON.stringify({
  model: "gpt-4o",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: ANSWER,
  stream: true,
  stream_options: { include_usage: true },
});

const event = (message: object) => `data: ${JSON.stringify(message)}\n\n`;

/** An answer that takes its time, so that all streams run side by side. */
function answer(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  let left = PARTS;
  const next = () => {
    if (left-- > 0) {
      response.write(event({ model: "gpt-4o", choices: [{ index: 0, delta: { content: "word ".repeat(5) } }] }));
      setTimeout(next, PART_MS);
      return;
    }
    const usage = { prompt_tokens: PROMPT, completion_tokens: ANSWER, total_tokens: PROMPT + ANSWER };
    response.write(event({ model: "gpt-4o", choices: [], usage }));
    response.end("data: [DONE]\n\n");
  };
  next();
}

/** Resolves with the status when the answer is over; 0: it broke off. */
function ask(port: number): Promise<number> {
  return new Promise((resolve) => {
    const headers = { "Ocp-Apim-Subscription-Key": KEY, "Content-Type": "application/json" };
    const sent = request({ host: "127.0.0.1", port, path: "/t/items/1", method: "POST", headers, agent: false });
    sent.on("error", () => resolve(0));
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", () => resolve(0));
      response.on("close", () => {
        const isWhole = response.statusCode !== 200 || text.endsWith("data: [DONE]\n\n");
        resolve(isWhole ? (response.statusCode ?? 0) : 0);
      });
    });
    sent.end(BODY);
  });
}

async function flood(sites: readonly Site[]): Promise<Finding[]> {
  for (const { backend } of sites) backend.answer = (_, response) => answer(response);
  const all = await Promise.all(Array.from({ length: STREAMS }, (_, i) => ask(sites[i % sites.length].port)));
  const count = (of: readonly number[], status: number) => of.filter((one) => one === status).length;
  const accepted = count(all, 200);
  const reached = sites.reduce((sum, { backend }) => sum + backend.seen.length, 0);
  // They used all that they had reserved: within the minute nothing is left.
  const later = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(sites[i % sites.length].port)));
  return [
    atMost(`tokens of ${accepted} accepted streams`, accepted * (PROMPT + ANSWER), LIMIT),
    atLeast("accepted streams", accepted, FITS),
    equal("calls that reached a model", reached, accepted),
    equal(`refused with 429 of ${STREAMS - accepted}`, count(all, 429), STREAMS - accepted),
    equal("accepted within the minute afterwards", count(later, 200), 0),
  ];
}

export const streamsOfWorkers: Drill = {
  id: "D20",
  title: `${STREAMS} streams of a model at once, a limit of tokens that fits ${FITS}: two workers of a process`,
  run: () => withSite({ policy: () => POLICY, workers: 2, isCold: true }, (site) => flood([site])),
};

export const streamsOfReplicas: Drill = {
  id: "D21",
  title: "the same with two processes over Redis",
  missing: noRedis,
  async run() {
    const server = await RedisServer.start();
    // On a busy machine an answer may come later than the usual 50 ms; what it granted would be lost to all for a minute.
    const redis = { url: server.url, deadlineMs: 2_000 };
    const options = { policy: () => POLICY, settings: { stores: { redis } }, isCold: true };
    const sites: Site[] = [];
    try {
      for (let i = 0; i < 2; i++) sites.push(await Site.start(options));
      return await flood(sites);
    } finally {
      for (const site of sites) await site.stop();
      await server.stop();
    }
  },
};
