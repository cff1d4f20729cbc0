/** Statuses whose answers have no content, whatever policies and backends made for them (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5). */
import { Body } from "./body.ts";

/** Such an answer does not even say that it is empty (RFC 9110 section 8.6). */
export const NO_CONTENT = 204;
const RESET_CONTENT = 205;
const NOT_MODIFIED = 304;

/** False: the answer ends with its head. */
export function hasContent(status: number): boolean {
  return status !== NO_CONTENT && status !== NOT_MODIFIED;
}

/** What of a body may be sent with a status. An answer that asks to reset the view is framed as any other, but carries nothing. */
export function sendable(status: number, body: Body): Body {
  if (status !== RESET_CONTENT || body.length === 0) return body;
  body.discard();
  return Body.none;
}
