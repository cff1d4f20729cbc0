/** find-and-replace: replaces a text in the body of the request or response. */
import { Body } from "../http/body.ts";
import { string } from "../kit/attributes.ts";
import { NEEDS_REQUEST_BODY, NEEDS_RESPONSE_BODY, prepare } from "../kit/bodies.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import type { Message } from "../kit/message.ts";
import { currentMessage, isRequestSide } from "./shared/current-message.ts";

export const findAndReplace = definePolicy({
  name: "find-and-replace",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Replaces every occurrence of a text in the body.",
  reference: "https://learn.microsoft.com/azure/api-management/find-and-replace-policy",
  attributes: {
    from: string({ required: true, expression: true, doc: "Text to look for." }),
    to: string({ required: true, expression: true, doc: "Text to put in its place; empty deletes." }),
  },
  compile({ from, to }) {
    const replace = (x: Exchange) => {
      const message = currentMessage(x);
      const bytes = message.body.buffered;
      const search = from.get(x);
      if (bytes === undefined || bytes.length === 0 || search === "" || isEncoded(message)) return undefined;
      // latin1 keeps every byte, so that a body in any charset, or none, comes out unchanged but for the replacement.
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
      const needle = Buffer.from(search, "utf8").toString("latin1");
      if (text.includes(needle)) {
        const replacement = Buffer.from(to.get(x), "utf8").toString("latin1");
        message.setBody(
          Body.bytes(
            Buffer.from(
              text.replaceAll(needle, () => replacement),
              "latin1",
            ),
          ),
        );
      }
      return undefined;
    };
    return (x) => {
      const waiting = prepare(x, isRequestSide(x) ? NEEDS_REQUEST_BODY : NEEDS_RESPONSE_BODY);
      return waiting === undefined ? replace(x) : waiting.then(() => replace(x));
    };
  },
});

/** In compressed bytes a text is found by accident only. */
function isEncoded(message: Message): boolean {
  const coding = message.headers.joined("Content-Encoding")?.trim().toLowerCase() ?? "";
  return coding !== "" && coding !== "identity";
}
