/** proxy: sends the request to the backend through an HTTP proxy. */
import { type Door, isPlainText } from "../kit/doors.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { compileProxy, proxySpec } from "./shared/proxy-choice.ts";

export const proxy = definePolicy({
  name: "proxy",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Routing",
  summary: "Sends requests to the backend through an HTTP proxy.",
  reference: "https://learn.microsoft.com/azure/api-management/proxy-policy",
  ...proxySpec,
  compile(config, context) {
    const choose = compileProxy(config, context);
    return (x) => {
      x.request.proxy = choose(x);
      return undefined;
    };
  },
  doors({ password }) {
    const doors: Door[] = [{ kind: "secret", what: "the password of the proxy" }];
    return password !== undefined && isPlainText(password) ? doors : [];
  },
});
