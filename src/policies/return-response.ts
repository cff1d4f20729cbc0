/** return-response: ends the pipeline with an answer of its own. */
import { Body } from "../http/body.ts";
import { string } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { bodySpec, compileBody } from "./shared/body-edit.ts";
import { applyHeader, headerSpec } from "./shared/header-edit.ts";
import { applyStatus, statusSpec } from "./shared/status-edit.ts";

export const returnResponse = definePolicy({
  name: "return-response",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Control and flow",
  summary: "Ends the pipeline and returns a response to the caller.",
  reference: "https://learn.microsoft.com/azure/api-management/return-response-policy",
  attributes: {
    "response-variable-name": string({ doc: "Variable with a response (of send-request) to start from." }),
  },
  children: {
    "set-status": statusSpec,
    "set-header": { ...headerSpec, many: true },
    "set-body": bodySpec,
  },
  compile({ responseVariableName, children }, context) {
    const { setStatus, setHeader, setBody } = children;
    const body = setBody && compileBody(setBody, context);
    return (x) => {
      const response = start(x, responseVariableName);
      // Before the headers of the answer: one of them may say how the new body is encoded.
      if (body) response.headers.remove("Content-Encoding");
      if (setStatus) applyStatus(setStatus, x, response);
      for (const header of setHeader) applyHeader(header, x, response.headers);
      if (body) {
        const content = body.get(x);
        response.body = typeof content === "string" ? Body.text(content) : Body.bytes(content);
      }
      if (x.response !== null && x.response.body !== response.body) x.response.body.discard();
      x.response = response;
      return "respond";
    };
  },
  doors: () => [{ kind: "answer" }],
});

function start(x: Exchange, variable: string | undefined): ResponseMessage {
  if (variable === undefined) return new ResponseMessage(200);
  const value = x.variables.get(variable);
  if (value === null) return new ResponseMessage(200);
  if (!(value instanceof ResponseMessage)) {
    throw new PolicyFault("InvalidResponseVariable", `The variable "${variable}" does not hold a response.`);
  }
  return new ResponseMessage(value.status, value.reason, value.headers.clone(), value.body);
}
