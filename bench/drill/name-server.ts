/** A name server that does as it is told: answers A records, says that there is no such name, or takes its time. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export interface Answer {
  /** Undefined: no such name. */
  readonly address?: string;
  readonly delayMs?: number;
}

const TYPE_A = 1;
const NAME_ERROR = 3;

export class NameServer {
  /** What a name is answered. */
  answer: (name: string) => Answer;
  readonly #socket: Socket;

  private constructor(socket: Socket, answer: (name: string) => Answer) {
    this.#socket = socket;
    this.answer = answer;
  }

  /** On port 53 of the address. */
  static async start(address: string, answer: (name: string) => Answer): Promise<NameServer> {
    const socket = createSocket("udp4");
    const server = new NameServer(socket, answer);
    socket.on("message", (query, from) => {
      const { address: found, delayMs = 0 } = server.answer(nameIn(query));
      const reply = () => socket.send(replyTo(query, found), from.port, from.address, () => {});
      if (delayMs === 0) reply();
      else setTimeout(reply, delayMs).unref();
    });
    socket.bind(53, address);
    await once(socket, "listening");
    return server;
  }

  close(): void {
    this.#socket.close();
  }
}

/** The name of the first question (RFC 1035 section 4.1.2), without its last dot. */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query[at] > 0; at += query[at] + 1)
    labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
  return labels.join(".").toLowerCase();
}

function replyTo(query: Buffer, address: string | undefined): Buffer {
  let end = 12;
  while (query[end] > 0) end += query[end] + 1;
  const question = query.subarray(12, end + 5);
  const isKnown = address !== undefined && query.readUInt16BE(end + 1) === TYPE_A;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | (address === undefined ? NAME_ERROR : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isKnown ? 1 : 0, 6);
  const record = Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...(address ?? "").split(".").map(Number)]);
  return Buffer.concat(isKnown ? [head, question, record] : [head, question]);
}
