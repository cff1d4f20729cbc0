/** send-request: calls another service and keeps its answer in a variable. */
import { bool, int, string } from "../kit/attributes.ts";
import { ResponseMessage } from "../kit/message.ts";
import type { Outcome } from "../kit/outcome.ts";
import { branchSignal } from "../kit/branch.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { Body } from "../http/body.ts";
import { callForAnswer } from "./shared/call.ts";
import { compileOutgoing, modeAttribute, outgoingChildren } from "./shared/outgoing-request.ts";
import { outgoingDoors } from "./shared/request-doors.ts";

export const sendRequest = definePolicy({
  name: "send-request",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Integration",
  summary: "Sends a request and stores the response in a variable.",
  reference: "https://learn.microsoft.com/azure/api-management/send-request-policy",
  attributes: {
    mode: modeAttribute,
    "response-variable-name": string({ required: true, expression: true, doc: "Variable that receives the response." }),
    timeout: int({ default: 60, expression: true, min: 0, doc: "Seconds to wait; default 60." }),
    "ignore-error": bool({
      default: false,
      doc: "true: a failure leaves null in the variable instead of leading to on-error.",
    }),
  },
  children: outgoingChildren,
  compile({ mode, responseVariableName, timeout, ignoreError, children }, context) {
    const outgoing = compileOutgoing(children, context);
    const limit = context.snapshot.settings.limits.bufferedBodyBytes;
    return async (x): Promise<Outcome> => {
      const variable = responseVariableName.get(x);
      try {
        const message = await outgoing(x, mode.get(x));
        const options = { timeoutMs: timeout.get(x) * 1000, followRedirects: false, backend: null };
        const { answer, content } = await callForAnswer(x, message, options, limit);
        const body = content.length === 0 ? Body.none : Body.bytes(content);
        x.variables.set(variable, new ResponseMessage(answer.status, answer.reason, answer.headers, body));
      } catch (error) {
        // A branch that was stopped must not touch what the others have left.
        if (!ignoreError || branchSignal()?.aborted) throw error;
        x.variables.set(variable, null);
      }
      return undefined;
    };
  },
  doors: outgoingDoors,
});
