/** A PostgreSQL server for a test: a private cluster on loopback, gone with the test. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";

/** Folder of the programs initdb and postgres; undefined: not installed. */
const programs = [
  ...(existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : []),
  ...(process.env.PATH ?? "").split(":"),
].find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));

/** The server refuses to run as root: then it runs as the system's own user for it. */
const user = process.getuid?.() === 0 ? idOf("postgres") : undefined;

/** For `test(..., { skip: noPostgres })`: why the test is not run here; false where it is. */
export const noPostgres =
  programs === undefined
    ? "needs PostgreSQL (apt install postgresql)"
    : process.getuid?.() === 0 && user === undefined
      ? "runs as root, and there is no user postgres to run the server as"
      : false;

export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "sallyport-postgres-"));
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const data = join(folder, "data");
    const args = ["-D", data, "--auth=trust", "--username=sallyport", "--no-sync", "--encoding=UTF8", "--locale=C"];
    execFileSync(join(programs ?? "", "initdb"), args, { stdio: "ignore", cwd: folder, ...user });
    const server = new PostgresServer(await freePort(), folder);
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://sallyport@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const args = ["-D", join(this.#folder, "data"), "-h", "127.0.0.1", "-p", `${this.port}`, "-k", "", "-F"];
    const options = { stdio: "ignore" as const, cwd: this.#folder, ...user };
    this.#process = spawn(join(programs ?? "", "postgres"), args, options);
    for (let tries = 0; tries < 400; tries++) {
      if (await accepts(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("The PostgreSQL server did not start");
  }

  /** At once, connections or not; its data stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    // SIGQUIT: without a checkpoint, children included.
    child.kill("SIGQUIT");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function idOf(name: string): { readonly uid: number; readonly gid: number } | undefined {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Asks as a client does for TLS: a server that is ready says N. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    await once(socket, "data");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
