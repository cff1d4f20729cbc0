/** authentication-basic: gives the backend a user name and password (RFC 7617). */
import { string } from "../kit/attributes.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { type Door, isPlainText } from "../kit/doors.ts";

export const authenticationBasic = definePolicy({
  name: "authentication-basic",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Authentication",
  summary: "Authenticates with the backend by Basic authentication.",
  reference: "https://learn.microsoft.com/azure/api-management/authentication-basic-policy",
  attributes: {
    username: string({ required: true, expression: true, doc: "User name." }),
    password: string({ required: true, expression: true, doc: "Password." }),
  },
  compile({ username, password }) {
    return (x) => {
      const credentials = Buffer.from(`${username.get(x)}:${password.get(x)}`, "utf8").toString("base64");
      x.request.headers.set("Authorization", `Basic ${credentials}`);
      x.request.carriesCallersAuthorization = false;
      return undefined;
    };
  },
  doors({ password }) {
    const doors: Door[] = [{ kind: "authorization", of: "gateway" }, { kind: "credential" }];
    return isPlainText(password) ? [...doors, { kind: "secret", what: "the password" }] : doors;
  },
});
