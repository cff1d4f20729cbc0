/** The hostile requests of abuse-http.test.ts once more, over TLS: another kind of socket beneath must not change one answer. */
import { AUTHORITY } from "../support/certificates.ts";
import { RawClient } from "../support/raw-client.ts";

// The Host of many of the requests is none of the certificate's: no server name, so that all of them come by the default one.
RawClient.tls = { ca: AUTHORITY, servername: "", checkServerIdentity: () => undefined };
await import("./abuse-http.test.ts");
