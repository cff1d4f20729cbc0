/** authentication-managed-identity: gives the backend a Microsoft Entra token of the gateway's own identity. */
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";
import { authenticate, managedIdentitySpec } from "./shared/managed-identity.ts";

export const authenticationManagedIdentity = definePolicy({
  name: "authentication-managed-identity",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Authentication",
  summary: "Authenticates with the backend by a managed identity.",
  reference: "https://learn.microsoft.com/azure/api-management/authentication-managed-identity-policy",
  ...managedIdentitySpec,
  compile(config) {
    return async (x) => {
      await authenticate(config, x, x.request);
      return undefined;
    };
  },
  doors({ outputTokenVariableName, ignoreError }) {
    if (ignoreError) return [{ kind: "ignored-check", how: 'ignore-error="true" calls the backend without a token' }];
    if (outputTokenVariableName !== undefined) return [];
    return [{ kind: "authorization", of: "gateway" }, { kind: "credential" }];
  },
});
