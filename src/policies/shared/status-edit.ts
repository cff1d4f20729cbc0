/** What set-status does to a response; the same child stands in return-response. */
import { int, string } from "../../kit/attributes.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { ResponseMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { ElementConfig } from "../../kit/policy.ts";

export const statusSpec = {
  attributes: {
    code: int({ required: true, expression: true, min: 200, max: 599, doc: "Status code, 200 to 599." }),
    reason: string({ default: "", expression: true, doc: "Reason phrase." }),
  },
} as const;

const FORBIDDEN_IN_REASON = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/;

export function applyStatus(
  config: ElementConfig<typeof statusSpec>,
  exchange: Exchange,
  response: ResponseMessage,
): void {
  const status = config.code.get(exchange);
  if (!(status >= 200 && status <= 599))
    throw new PolicyFault("InvalidStatus", `${status} is not a status code that may be sent.`);
  const reason = config.reason.get(exchange);
  if (FORBIDDEN_IN_REASON.test(reason))
    throw new PolicyFault("InvalidStatus", "The reason phrase holds a forbidden character.");
  // RFC 9110 section 8.6: 204 has no length, and that of the answer it was would make clients wait for content.
  if (status === 204 && response.status !== 204) response.headers.remove("Content-Length");
  response.status = status;
  response.reason = reason;
}
