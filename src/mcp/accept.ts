/** Which of the two forms of an answer a caller takes: one JSON document, or a stream of server-sent events. */

/** @param accept the Accept header; absent: a caller that does not say takes JSON */
export function acceptedForm(accept: string | undefined): "json" | "events" | undefined {
  if (accept === undefined || accept.trim() === "") return "json";
  let form: "json" | "events" | undefined;
  for (const range of accept.toLowerCase().split(",")) {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    if (parameters.some((p) => /^q=0(\.0*)?$/.test(p))) continue;
    if (type === "application/json" || type === "application/*" || type === "*/*") return "json";
    if (type === "text/event-stream" || type === "text/*") form = "events";
  }
  return form;
}

/** One server-sent event. `data` holds no line breaks, as JSON does not. */
export function eventText(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
