/** What authentication-managed-identity does, alone and inside send-request. */
import { bool, string } from "../../kit/attributes.ts";
import { managedIdentityToken } from "../../kit/backend-access.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { RequestMessage } from "../../kit/message.ts";
import type { ElementConfig } from "../../kit/policy.ts";

export const managedIdentitySpec = {
  attributes: {
    resource: string({ required: true, expression: true, doc: "Application id URI that the token is for." }),
    "client-id": string({ doc: "Client id of a user-assigned identity; default: the system-assigned one." }),
    "output-token-variable-name": string({
      doc: "Variable that receives the token; the Authorization header is then left alone.",
    }),
    "ignore-error": bool({ default: false, doc: "true: without a token the request goes on without one." }),
  },
} as const;

type ManagedIdentityConfig = ElementConfig<typeof managedIdentitySpec>;

/** Gives the request a token, or the variable when one is named. */
export async function authenticate(config: ManagedIdentityConfig, x: Exchange, request: RequestMessage): Promise<void> {
  const { outputTokenVariableName: variable } = config;
  let token: string;
  try {
    token = await managedIdentityToken(x, { resource: config.resource.get(x), clientId: config.clientId });
  } catch (error) {
    if (!config.ignoreError) throw error;
    // What the caller sent must not pass for the token that could not be had.
    if (variable !== undefined) x.variables.set(variable, null);
    else if (request.carriesCallersAuthorization) request.headers.remove("Authorization");
    return;
  }
  if (variable !== undefined) {
    x.variables.setString(variable, token);
    return;
  }
  request.headers.set("Authorization", `Bearer ${token}`);
  request.carriesCallersAuthorization = false;
}
