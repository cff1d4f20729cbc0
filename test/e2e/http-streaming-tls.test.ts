/** The streams of http-streaming.test.ts once more, over TLS. */
import { AUTHORITY } from "../support/certificates.ts";
import { RawClient } from "../support/raw-client.ts";

RawClient.tls = { ca: AUTHORITY, servername: "", checkServerIdentity: () => undefined };
await import("./http-streaming.test.ts");
