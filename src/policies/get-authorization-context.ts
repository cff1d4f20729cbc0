/** get-authorization-context: an access token of the credential store, as an Authorization object in a variable. */
import { bool, oneOf, string } from "../kit/attributes.ts";
import { Authorization } from "../kit/authorization.ts";
import type { Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";

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
      doc: "Whose right to use the connection is checked; only managed, the gateway's own, is supported.",
    }),
    "ignore-error": bool({
      default: false,
      expression: true,
      doc: "true: a failure leaves null in the variable instead of leading to on-error.",
    }),
  },
  compile(config, context) {
    const { ignoreError } = config;
    if (config.identityType === "jwt") {
      context.error('identity-type="jwt" is not supported: connections have no access policies of their own here', {
        attribute: "identity-type",
        hint: 'Check the caller\'s token with validate-azure-ad-token before, and write identity-type="managed".',
      });
    }
    return async (x) => {
      const variable = config.contextVariableName.get(x);
      try {
        const authorization = await grant(x, config.providerId.get(x), config.authorizationId.get(x));
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
