/**
 * The endpoints of an MCP server that is made of operations: Streamable HTTP (one message in, one answer out, no session kept), and the
 * older transport of a stream of events beside a path for messages.
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
 */
import type { ExchangeState } from "../engine/exchange.ts";
import { Body, BodyTooLarge } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { type Outcome, PolicyFault, Refusal } from "../kit/outcome.ts";
import { acceptedForm, eventText } from "../mcp/accept.ts";
import {
  failure,
  failureText,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  parseMessage,
  type RpcFailure,
  type RpcRequest,
  resultText,
} from "../mcp/json-rpc.ts";
import { PROTOCOL_VERSIONS, ToolServer } from "../mcp/tool-server.ts";
import type { McpServer, McpSettings } from "../resources/agent-protocols.ts";
import type { Api } from "../resources/snapshot.ts";
import type { Part } from "./agent-operations.ts";
import type { EventSessions } from "./event-sessions.ts";
import { callTool, readWithin, type ToolRunner } from "./tool-call.ts";

export class ToolEndpoint {
  readonly #server: ToolServer;
  readonly #settings: McpSettings;
  readonly #runner: ToolRunner;
  readonly #sessions: EventSessions;

  constructor(api: Api, { tools, settings }: McpServer, runner: ToolRunner, sessions: EventSessions) {
    const { id, name, description, version, revision } = api;
    const server = { id, name, description, version: version ?? revision };
    this.#server = new ToolServer(server, tools ?? [], settings.checkArguments);
    this.#settings = settings;
    this.#runner = runner;
    this.#sessions = sessions;
  }

  /**
   * Web pages may call only where it was said so: a browser sends its page's origin, other clients send none.
   * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#security-warning
   */
  checkOrigin(x: Exchange): Outcome {
    const origin = x.request.headers.first("Origin")?.toLowerCase();
    if (origin === undefined || origin === x.originalUrl.origin) return undefined;
    const { origins } = this.#settings;
    if (origins.includes(origin) || origins.includes("*")) return undefined;
    return new Refusal(403, "OriginNotAllowed", "Pages of this origin may not call this MCP server.");
  }

  async answer(x: ExchangeState, part: Part): Promise<Outcome> {
    const version = x.request.headers.first("MCP-Protocol-Version");
    if (version !== undefined && !PROTOCOL_VERSIONS.includes(version)) {
      const message = `The protocol version is not supported. Supported: ${PROTOCOL_VERSIONS.join(", ")}.`;
      return reply(x, 400, failure(null, INVALID_REQUEST, message));
    }
    switch (part) {
      case "message":
        return this.#message(x);
      case "sse":
        return this.#open(x);
      case "sse-message":
        return this.#eventMessage(x);
      default:
        x.response = new ResponseMessage(405, "", new Headers(["Allow", "POST"]));
        return undefined;
    }
  }

  async #message(x: ExchangeState): Promise<Outcome> {
    const form = acceptedForm(x.request.headers.joined("Accept"));
    if (form === undefined) {
      const message = "Accept application/json and text/event-stream.";
      return reply(x, 406, failure(null, INVALID_REQUEST, message));
    }
    const message = await this.#read(x);
    if (message.kind === "failure") return reply(x, statusOf(message), message);
    if (message.kind !== "request") return accepted(x);
    const text = await this.#answerText(x, message);
    if (form === "json") x.response = jsonResponse(200, text);
    else {
      const headers = new Headers(["Content-Type", "text/event-stream", "Cache-Control", "no-store"]);
      x.response = new ResponseMessage(200, "", headers, Body.text(eventText("message", text)));
    }
    return undefined;
  }

  /** The answer goes to the stream of the session before its request is acknowledged. */
  async #eventMessage(x: ExchangeState): Promise<Outcome> {
    const id = x.originalUrl.parameter("sessionId")[0] ?? "";
    const owner = ownerOf(x);
    if (id === "" || !(await this.#sessions.has(id, owner)))
      return reply(x, 404, failure(null, INVALID_REQUEST, "There is no such session: open /sse again."));
    const message = await this.#read(x);
    if (message.kind === "failure") return reply(x, statusOf(message), message);
    if (message.kind === "request")
      this.#sessions.send(id, owner, eventText("message", await this.#answerText(x, message)));
    return accepted(x);
  }

  #open(x: ExchangeState): Outcome {
    const { apiPath } = x.route;
    const body = this.#sessions.open(ownerOf(x), (id) => eventText("endpoint", `${apiPath}/messages?sessionId=${id}`));
    if (body === undefined) return new Refusal(503, "TooManySessions", "There are too many open streams of events.");
    const headers = new Headers(["Content-Type", "text/event-stream", "Cache-Control", "no-store"]);
    x.response = new ResponseMessage(200, "", headers, body);
    return undefined;
  }

  async #read(x: Exchange): Promise<ReturnType<typeof parseMessage>> {
    const type = x.request.headers.first("Content-Type");
    if (type === undefined || !/^application\/json\s*(;|$)/i.test(type))
      return failure(null, INVALID_REQUEST, "The content type of a message is application/json.");
    const { body, isBodyConsumed } = x.request;
    if (isBodyConsumed || body.isSpent)
      throw new PolicyFault("BodyReadFailure", "A policy has read the message and not kept it.");
    try {
      return parseMessage(await readWithin(body, this.#settings.maxRequestBytes));
    } catch (error) {
      if (error instanceof BodyTooLarge)
        throw new PolicyFault("BodyTooLarge", `The message is larger than ${error.limit} bytes.`, { status: 413 });
      throw new PolicyFault("ClientConnectionFailure", "The message broke off.", { status: 400, cause: error });
    }
  }

  async #answerText(x: ExchangeState, request: RpcRequest): Promise<string> {
    const answer = this.#server.answer(request);
    if ("result" in answer) return resultText(request.id, answer.result);
    if ("kind" in answer) return failureText(answer);
    const { place, section } = x;
    try {
      return resultText(request.id, await callTool(x, answer.call, this.#runner, this.#settings));
    } catch (error) {
      x.services.log.error("A tool call failed inside the gateway", {
        correlationId: x.id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      return failureText(failure(request.id, INTERNAL_ERROR, "The gateway failed."));
    } finally {
      x.place = place;
      x.section = section;
    }
  }
}

/** A session belongs to one MCP server and one subscription. */
function ownerOf({ route }: Exchange): string {
  return JSON.stringify([route.api.id, route.subscription?.id ?? null]);
}

/** A message that could not be read as one is a bad request; what it asked for in vain is an answer. */
function statusOf({ message }: RpcFailure): number {
  return message.startsWith("The content type") ? 415 : 400;
}

function reply(x: Exchange, status: number, failed: RpcFailure): Outcome {
  x.response = jsonResponse(status, failureText(failed));
  return undefined;
}

function accepted(x: Exchange): Outcome {
  x.response = new ResponseMessage(202);
  return undefined;
}

function jsonResponse(status: number, text: string): ResponseMessage {
  return new ResponseMessage(status, "", new Headers(["Content-Type", "application/json"]), Body.text(text));
}
