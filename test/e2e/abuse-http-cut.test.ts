/** The hostile requests of abuse-http.test.ts once more, octet by octet: how a request is cut must not change one answer. */
import { RawClient } from "../support/raw-client.ts";

// Longer texts come in that many pieces.
RawClient.pieces = 512;
await import("./abuse-http.test.ts");
