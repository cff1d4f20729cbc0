/** Which message a transformation works on: the request before the backend was called, the response after. */
import type { Exchange } from "../../kit/exchange.ts";
import { type Message, ResponseMessage } from "../../kit/message.ts";

export function currentMessage(exchange: Exchange): Message {
  return isRequestSide(exchange) ? exchange.request : currentResponse(exchange);
}

export function isRequestSide(exchange: Exchange): boolean {
  return exchange.section === "inbound" || exchange.section === "backend";
}

/** The response; made (200, empty) when nothing has made one yet. */
export function currentResponse(exchange: Exchange): ResponseMessage {
  exchange.response ??= new ResponseMessage(200);
  return exchange.response;
}
