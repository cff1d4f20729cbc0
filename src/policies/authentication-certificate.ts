/** authentication-certificate: shows the backend a client certificate (mutual TLS). */
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { certificateSpec, compileCertificate } from "./shared/client-certificate.ts";
import { type Door, isPlainText } from "../kit/doors.ts";

export const authenticationCertificate = definePolicy({
  name: "authentication-certificate",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Authentication",
  summary: "Authenticates with the backend by a client certificate.",
  reference: "https://learn.microsoft.com/azure/api-management/authentication-certificate-policy",
  ...certificateSpec,
  compile(config, context) {
    const certificate = compileCertificate(config, context);
    return (x) => {
      x.request.clientCertificate = certificate(x);
      return undefined;
    };
  },
  doors({ password }) {
    // The certificate is an identity of the gateway's own: the caller's Authorization stays behind.
    const doors: Door[] = [{ kind: "authorization", of: "nobody" }, { kind: "credential" }];
    return password !== undefined && isPlainText(password)
      ? [...doors, { kind: "secret", what: "the password of the certificate" }]
      : doors;
  },
});
