/**
 * Hosts of a small network, each a network namespace of Linux: a gateway between an outside and an inside, with a metadata service on a
 * link-local address. Made and taken away by a test; needs root and the `ip` command.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const ip = (...args: string[]) => run("ip", args);

export class Host {
  readonly name: string;
  readonly #children: ChildProcess[] = [];

  private constructor(name: string) {
    this.name = name;
  }

  /** Rejects where namespaces cannot be made. */
  static async create(name: string): Promise<Host> {
    const host = new Host(`sallyport-${process.pid}-${name}`);
    await ip("netns", "add", host.name);
    await host.ip("link", "set", "lo", "up");
    return host;
  }

  /** The `ip` command within. */
  ip(...args: string[]): Promise<unknown> {
    return ip("-n", this.name, ...args);
  }

  /** A cable to another host, with an address at each end: `10.0.0.1/24`. */
  async connect(other: Host, address: string, otherAddress: string): Promise<void> {
    const [near, far] = [`v${counter}a`, `v${counter}b`];
    counter++;
    await this.ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", other.name);
    for (const [host, link, cidr] of [
      [this, near, address],
      [other, far, otherAddress],
    ] as const) {
      await host.ip("address", "add", cidr, "dev", link);
      await host.ip("link", "set", link, "up");
    }
  }

  /** Output of a command within; rejects when it fails. */
  async run(command: string, ...args: string[]): Promise<string> {
    return (await run("ip", ["netns", "exec", this.name, command, ...args], { timeout: 20_000 })).stdout;
  }

  /** Starts a process within; resolves when its output matches. */
  start(says: RegExp, command: string, ...args: string[]): Promise<ChildProcess> {
    const child = spawn("ip", ["netns", "exec", this.name, command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    this.#children.push(child);
    return new Promise((resolve, reject) => {
      let text = "";
      const read = (chunk: Buffer) => {
        text += String(chunk);
        if (says.test(text)) resolve(child);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("exit", () => reject(new Error(`${command} ended: ${text}`)));
    });
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await ip("netns", "delete", this.name);
  }
}

let counter = 0;

/** Why there can be no such hosts here; false when there can. */
export async function namespacesMissing(): Promise<string | false> {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  const probe = `sallyport-probe-${process.pid}`;
  try {
    await ip("netns", "add", probe);
    await ip("netns", "delete", probe);
    return false;
  } catch (error) {
    return `no network namespaces can be made here: ${(error as Error).message.split("\n", 1)[0]}`;
  }
}
