/** The hostile requests of abuse-http.test.ts octet by octet, each in a TLS record of its own. */
import { RawClient } from "../support/raw-client.ts";

RawClient.pieces = 512;
await import("./abuse-http-tls.test.ts");
