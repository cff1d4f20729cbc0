/** mock-response: answers with an example of the API definition instead of calling the backend. */
import type { Operation } from "../kit/exchange.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { int, string } from "../kit/attributes.ts";
import { ResponseMessage } from "../kit/message.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";

export const mockResponse = definePolicy({
  name: "mock-response",
  sections: ["inbound", "outbound", "on-error"],
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Answers with an example or a sample made from the schema of the API definition.",
  reference: "https://learn.microsoft.com/azure/api-management/mock-response-policy",
  attributes: {
    "status-code": int({ default: 200, min: 200, max: 599, doc: "Status code of the response; default 200." }),
    "content-type": string({ doc: "Which representation; default the first that the definition names." }),
  },
  compile({ statusCode, contentType }) {
    return (x) => {
      x.response?.body.discard();
      x.response = mock(x.route.operation, statusCode, contentType);
      return "respond";
    };
  },
  doors: () => [{ kind: "answer" }],
});

function mock(operation: Operation, status: number, contentType: string | undefined): ResponseMessage {
  const declared = operation.responses.find((r) => r.status === status);
  const wanted = contentType?.toLowerCase();
  const candidates = declared?.representations ?? [];
  const found =
    candidates.find((r) => r.contentType.toLowerCase() === wanted && r.example !== undefined) ??
    (wanted === undefined ? candidates.find((r) => r.example !== undefined) : undefined);
  if (found?.example === undefined) {
    return new ResponseMessage(status, "", contentType ? Headers.of([["Content-Type", contentType]]) : new Headers());
  }
  return new ResponseMessage(status, "", Headers.of([["Content-Type", found.contentType]]), Body.text(found.example));
}
