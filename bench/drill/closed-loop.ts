/** Load that asks again as soon as it is answered, on a few connections, with little work of its own: for millions of calls. */
import { connect, type Socket } from "node:net";

export interface ClosedLoop {
  readonly port: number;
  readonly connections: number;
  readonly calls: number;
  /** Text of the call with this number, from 0 on. */
  readonly request: (number: number) => string;
  /** After so many calls, each time. */
  readonly every?: { readonly calls: number; readonly tell: (done: number) => void };
}

/** Resolves with how many calls got which status; 0: the connection broke. */
export async function closedLoop(load: ClosedLoop): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let sent = 0;
  let done = 0;
  const told = (status: number) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    done++;
    if (load.every !== undefined && done % load.every.calls === 0) load.every.tell(done);
  };
  const next = () => (sent < load.calls ? load.request(sent++) : undefined);
  await Promise.all(Array.from({ length: load.connections }, () => talk(load.port, next, told)));
  return statuses;
}

const HEAD = /^HTTP\/1\.1 (\d{3})[\s\S]*?\r\ncontent-length: (\d+)[\s\S]*?\r\n\r\n/i;

/** One connection after the other, until there is nothing more to send. */
async function talk(port: number, next: () => string | undefined, told: (status: number) => void): Promise<void> {
  for (let text = next(); text !== undefined; text = next()) await converse(port, text, next, told);
}

function converse(port: number, first: string, next: () => string | undefined, told: (status: number) => void) {
  return new Promise<void>((resolve) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = "";
    let isWaiting = true;
    socket.setEncoding("latin1");
    socket.write(first);
    socket.on("data", (data: string) => {
      received += data;
      const head = HEAD.exec(received);
      if (head === null || received.length < head[0].length + Number(head[2])) return;
      const isLast = /\r\nconnection: close/i.test(head[0]);
      received = received.slice(head[0].length + Number(head[2]));
      told(Number(head[1]));
      const text = isLast ? undefined : next();
      isWaiting = text !== undefined;
      if (text === undefined) socket.end();
      else socket.write(text);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (isWaiting) told(0);
      resolve();
    });
  });
}
