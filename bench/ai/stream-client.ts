/**
 * Reads many streams of a model at once, in a process of its own, and says how long their first byte and each of their events took from the
 * model to here, by the time that events carry.
 */
import { connect } from "node:net";
import { ready } from "../child.ts";

export interface StreamOrder {
  readonly port: number;
  readonly streams: number;
  /** Bytes of a request, as latin1 text. */
  readonly request: string;
}

export interface StreamResult {
  /** From the request to the first byte of the body; from leaving the model to arriving here. Microseconds. */
  readonly firstUs: readonly number[];
  readonly eventUs: readonly number[];
  readonly events: number;
  readonly errors: number;
}

const STAMP = /T(\d{10,20});/g;

function read(order: StreamOrder, firstUs: number[], eventUs: number[]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(order.port, "127.0.0.1");
    let [text, sentAt, isFirst] = ["", 0, true];
    socket.setNoDelay(true);
    socket.on("connect", () => {
      sentAt = performance.now();
      socket.write(order.request, "latin1");
    });
    socket.on("data", (data: Buffer) => {
      const now = process.hrtime.bigint();
      text += data.toString("latin1");
      let end = 0;
      for (const stamp of text.matchAll(STAMP)) {
        if (isFirst) firstUs.push((performance.now() - sentAt) * 1_000);
        else eventUs.push(Number(now - BigInt(stamp[1])) / 1_000);
        isFirst = false;
        end = stamp.index + stamp[0].length;
      }
      text = text.slice(Math.max(end, text.length - 200));
      if (!text.includes("[DONE]")) return;
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
  });
}

process.on("message", async (order: StreamOrder) => {
  const [firstUs, eventUs]: [number[], number[]] = [[], []];
  const ended = await Promise.all(Array.from({ length: order.streams }, () => read(order, firstUs, eventUs)));
  const errors = ended.filter((isWhole) => !isWhole).length;
  process.send?.({ firstUs, eventUs, events: eventUs.length + firstUs.length, errors } satisfies StreamResult);
});
ready({ port: 0, address: "", family: "" });
