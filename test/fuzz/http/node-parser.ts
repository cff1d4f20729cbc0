/** The parser of node:http (llhttp) on octets in memory, as strict as it can be, driven as node:http drives it. */
import { createRequire } from "node:module";
import type { Message, Outcome } from "./outcome.ts";

type Callback = (...args: never[]) => unknown;

interface Parser {
  [callback: number]: Callback | undefined;
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  execute(bytes: Buffer): number | (Error & { code: string });
  finish(): Error | undefined;
  close(): void;
}

interface ParserClass {
  new (): Parser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
  readonly kLenientNone: number;
}

/** Not public: where node:http has it from. */
const common = createRequire(import.meta.url)("node:_http_common") as {
  HTTPParser: ParserClass;
  methods: readonly string[];
};
const { HTTPParser, methods } = common;
const MAX_HEAD_BYTES = 16_384;
/** Return values of kOnHeadersComplete. */
const HAS_BODY = 0;
const NO_BODY = 1;

function read(type: number, octets: Buffer, isHead: boolean): Outcome | undefined {
  const outcome: Outcome = { messages: [], end: "more" };
  const parser = new HTTPParser();
  let message: Message | undefined;
  let fields: string[] = [];
  let path = "";
  let isUpgrade = false;
  let hasFinalResponse = false;
  parser[HTTPParser.kOnHeaders] = ((more: string[], url: string) => {
    fields.push(...more);
    path += url;
  }) as Callback;
  parser[HTTPParser.kOnHeadersComplete] = ((
    _major: number,
    minor: number,
    raw: string[] | undefined,
    method: number | undefined,
    url: string,
    status: number | undefined,
    reason: string,
    upgrade: boolean,
  ) => {
    const isRequest = type === HTTPParser.REQUEST;
    if (upgrade) isUpgrade = true;
    const line = isRequest ? `${methods[method as number]} ${path + (url ?? "")}` : `${status} ${reason ?? ""}`;
    const all = raw === undefined ? fields : [...fields, ...raw];
    message = { line, version: isRequest ? `${_major}.${minor}` : "", fields: all, body: "", isComplete: false };
    fields = [];
    path = "";
    if (hasFinalResponse) return NO_BODY;
    outcome.messages.push(message);
    if (isRequest) return HAS_BODY;
    const isInterim = (status as number) >= 100 && (status as number) < 200;
    if (!isInterim) hasFinalResponse = true;
    return isHead || isInterim ? NO_BODY : HAS_BODY;
  }) as Callback;
  parser[HTTPParser.kOnBody] = ((chunk: Buffer) => {
    if (message !== undefined) message.body += chunk.toString("latin1");
  }) as Callback;
  parser[HTTPParser.kOnMessageComplete] = (() => {
    if (message !== undefined) message.isComplete = true;
    message = undefined;
    // Of trailers, which come by kOnHeaders as well.
    fields = [];
    path = "";
  }) as Callback;
  parser.initialize(type, {}, MAX_HEAD_BYTES, HTTPParser.kLenientNone);
  const result = parser.execute(octets);
  if (result instanceof Error) {
    outcome.end = result.code === "HPE_CLOSED_CONNECTION" ? "closed" : `refused ${result.code}`;
  } else if (!isUpgrade) {
    parser.finish();
  }
  parser.close();
  return isUpgrade ? undefined : outcome;
}

/** Undefined: the parser gave way to an upgrade, which is not its business any more. */
export function readRequests(octets: Buffer): Outcome | undefined {
  return read(HTTPParser.REQUEST, octets, false);
}

export function readResponse(octets: Buffer, isHead: boolean): Outcome | undefined {
  return read(HTTPParser.RESPONSE, octets, isHead);
}
