/** Calls that tell of themselves: each is a span of its own, and its other side is told which (W3C Trace Context). */
import type { Upstream } from "../../http/upstream.ts";
import { UpstreamError } from "../../http/upstream.ts";
import type { Exchange } from "../../kit/exchange.ts";

/** A span ends with the head of the answer: bodies stream on for as long as their readers like. */
export function traced(upstream: Upstream, span: NonNullable<Exchange["span"]>): Pick<Upstream, "request"> {
  return {
    request: async (request) => {
      const call = span.call(request.method, request.origin);
      const headers = request.headers.clone();
      const { traceparent, tracestate } = call.context;
      headers.set("traceparent", traceparent);
      if (tracestate === undefined) headers.remove("tracestate");
      else headers.set("tracestate", tracestate);
      try {
        const answer = await upstream.request({ ...request, headers });
        call.ended(answer.status);
        return answer;
      } catch (error) {
        call.ended(undefined, error instanceof UpstreamError ? error.failure : (error as Error).name);
        throw error;
      }
    },
  };
}
