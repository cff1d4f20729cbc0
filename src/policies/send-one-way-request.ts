/** send-one-way-request: calls another service without waiting for its answer. */
import { int } from "../kit/attributes.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { call } from "./shared/call.ts";
import { compileOutgoing, modeAttribute, outgoingChildren } from "./shared/outgoing-request.ts";
import { outgoingDoors } from "./shared/request-doors.ts";

export const sendOneWayRequest = definePolicy({
  name: "send-one-way-request",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Integration",
  summary: "Sends a request without waiting for the response.",
  reference: "https://learn.microsoft.com/azure/api-management/send-one-way-request-policy",
  attributes: {
    mode: modeAttribute,
    timeout: int({ default: 60, expression: true, min: 0, doc: "Seconds until the request is given up; default 60." }),
  },
  children: outgoingChildren,
  compile({ mode, timeout, children }, context) {
    const outgoing = compileOutgoing(children, context);
    return async (x): Promise<Outcome> => {
      const message = await outgoing(x, mode.get(x));
      // The caller going away must not stop a request that nobody waits for.
      const options = { timeoutMs: timeout.get(x) * 1000, followRedirects: false, backend: null, outlivesCaller: true };
      call(x, message, options).then(
        (answer) => answer.body.discard(),
        (error: Error) => {
          x.services.log.warn("A one-way request failed", {
            correlationId: x.id,
            host: message.url.host,
            error: error.message,
          });
        },
      );
      return undefined;
    };
  },
  doors: outgoingDoors,
});
