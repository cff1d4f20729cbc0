/** get-authorization-context: an access token of the credential store, as an Authorization object in a variable. */
import { bool, oneOf, string } from "../kit/attributes.ts";
import { Authorization } from "../kit/authorization.ts";
import type { Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { accessCheck } from "./shared/access-policies.ts";

export const getAuthorizationContext = definePolicy({
  name: "get-authorization-context",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Authentication",
  summary: "Gets an access token from the credential store.",
  reference: "https://learn.microsoft.com/azure/api-management/get-authorization-context-policy",
  attributes: {
    "provider-id": string({ required: true, expression: true, doc: "Id of the credential provider." }),
    "authorization-id": string({ required: true, expression: true, doc: "Id of the connection." }),
    "context-variable-name": string({
      required: true,
      expression: true,
      doc: "Variable that receives the Authorization object.",
    }),
    "identity-type": oneOf(["managed", "jwt"], {
      default: "managed",
      doc: "Whose right to use the connection is checked: managed, the gateway's own; jwt, that of the token in identity.",
    }),
    identity: string({
      expression: true,
      doc: "Token of Microsoft Entra for https://azure-api.net/authorization-manager, for jwt: who uses the connection.",
    }),
    "ignore-error": bool({
      default: false,
      expression: true,
      doc: "true: a failure leaves null in the variable instead of leading to on-error.",
    }),
  },
  compile(config, context) {
    const { ignoreError } = config;
    const { identity, identityType } = config;
    const isJwt = identityType === "jwt";
    if (isJwt && identity === undefined)
      context.error('identity-type="jwt" needs the attribute identity', {
        attribute: "identity-type",
        hint: 'Such as identity="@(context.Request.Headers.GetValueOrDefault("X-Identity", ""))".',
      });
    if (!isJwt && identity !== undefined)
      context.error('The attribute identity is for identity-type="jwt"', { attribute: "identity" });
    const mayUse = isJwt ? accessCheck(context) : undefined;
    return async (x) => {
      const variable = config.contextVariableName.get(x);
      try {
        const [providerId, authorizationId] = [config.providerId.get(x), config.authorizationId.get(x)];
        if (mayUse !== undefined) {
          const token = identity?.get(x) ?? "";
          x.trace?.hide(token);
          await mayUse(x, token, providerId, authorizationId);
        }
        const authorization = await grant(x, providerId, authorizationId);
        x.variables.set(variable, authorization);
      } catch (error) {
        if (!ignoreError.get(x)) throw error;
        x.variables.set(variable, null);
      }
      return undefined;
    };
  },
});

async function grant(x: Exchange, providerId: string, authorizationId: string): Promise<Authorization> {
  try {
    const { accessToken, claims } = await x.services.authorizations.token(providerId, authorizationId);
    x.trace?.hide(accessToken);
    return new Authorization(accessToken, claims);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PolicyFault("AuthorizationUnavailable", message, { cause: error });
  }
}
