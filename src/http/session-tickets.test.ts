/** Sessions that one listener began and another, with the same secret, takes up again; within a day only. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { connect, createServer, type Server } from "node:tls";
import { SERVER } from "../../test/support/certificates.ts";
import { SessionTickets } from "./session-tickets.ts";

const SECRET = Buffer.alloc(32, 7);

async function listener(t: TestContext, secret: Uint8Array, now: () => number): Promise<Server> {
  const server = createServer({ cert: SERVER.certificate, key: SERVER.key }, (socket) => {
    socket.on("error", () => {}).end("x");
  });
  new SessionTickets(secret, now).serve(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return server;
}

/** Whether the session was taken up, and the one to go on with. */
async function visit(server: Server, version: "TLSv1.2" | "TLSv1.3", session?: Buffer) {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", maxVersion: version, rejectUnauthorized: false, session });
  let next: Buffer | undefined;
  socket.on("session", (ticket) => {
    next = ticket;
  });
  socket.resume();
  await once(socket, "secureConnect");
  const isReused = socket.isSessionReused();
  await once(socket, "close");
  return { isReused, session: next };
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${version}: another listener with the same secret takes a session up, one with its own does not`, async (t) => {
    const now = () => 1_000;
    const [first, second, stranger] = await Promise.all([
      listener(t, SECRET, now),
      listener(t, SECRET, now),
      listener(t, Buffer.alloc(32, 8), now),
    ]);
    const { session } = await visit(first, version);
    assert.equal((await visit(second, version, session)).isReused, true);
    assert.equal((await visit(stranger, version, session)).isReused, false);
  });

  test(`${version}: sessions of yesterday are none`, async (t) => {
    let now = 1_000;
    const server = await listener(t, SECRET, () => now);
    const { session } = await visit(server, version);
    assert.equal((await visit(server, version, session)).isReused, true);
    now += 86_400_000;
    // Whoever comes first on a new day makes the server notice it.
    await visit(server, version);
    assert.equal((await visit(server, version, session)).isReused, false);
  });
}
