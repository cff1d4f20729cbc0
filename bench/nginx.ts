/** nginx as a contestant: one worker, keep-alive to the backend, no access log. Left out where it is not installed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SERVER } from "../test/support/certificates.ts";
import type { Child } from "./child.ts";

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function configuration(
  folder: string,
  port: number,
  tlsPort: number,
  backendPort: number,
  isStreaming: boolean,
): string {
  return `
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 128; }
  server {
    listen 127.0.0.1:${port}; listen 127.0.0.1:${tlsPort} ssl; keepalive_requests 1000000000;
    ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.3; ssl_session_tickets on;
    location / {
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      ${isStreaming ? "proxy_buffering off;" : ""}
    }
  }
}
`;
}

/** The worker does the work: its process is the one to measure. */
function workerOf(master: number): number | undefined {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, "latin1").trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/** @param isStreaming what small pieces come from the backend go on at once */
export async function startNginx(
  backend: Child,
  isStreaming = false,
): Promise<{ pid: number; port: number; tlsPort: number; stop(): void } | undefined> {
  if (spawnSync("nginx", ["-v"]).error !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "sallyport-nginx-"));
  const port = await freePort();
  const tlsPort = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(join(folder, "certificate.pem"), SERVER.certificate);
  writeFileSync(join(folder, "key.pem"), SERVER.key, { mode: 0o600 });
  writeFileSync(file, configuration(folder, port, tlsPort, backend.port, isStreaming));
  const master: ChildProcess = spawn("nginx", ["-p", folder, "-c", file], { stdio: "ignore" });
  for (let attempt = 0; attempt < 100; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const pid = workerOf(master.pid as number);
    if (pid !== undefined) return { pid, port, tlsPort, stop: () => master.kill("SIGQUIT") };
  }
  master.kill();
  throw new Error("nginx did not start");
}
