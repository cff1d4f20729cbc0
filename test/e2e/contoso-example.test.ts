/** `npm start`: how the Contoso example ends. Its doors are shown by the lines it prints. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const START = fileURLToPath(new URL("../../examples/contoso/start.ts", import.meta.url));

test("a taken port is named with its owner, and nothing stays behind", async (t) => {
  const other = createServer().listen(8082, "127.0.0.1");
  await Promise.race([once(other, "listening"), once(other, "error")]);
  t.after(() => other.close());
  const child = spawn(process.execPath, [START], { stdio: ["ignore", "ignore", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const [code] = await once(child, "close");
  assert.match(err, /^Port 808\d, which the (sample backend|identity provider) wants, is taken by another process/m);
  assert.equal(code, 1);
});
