/** Authorities, certificates and revocation lists made by the openssl command while a test runs: what cannot be kept ready, keys included. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Identity } from "./certificates.ts";

const run = promisify(execFile);
const folders: string[] = [];
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export interface IssueOptions {
  /** Names of the subject alternative name, such as DNS:api.example. */
  readonly names?: readonly string[];
  readonly usage?: "serverAuth" | "clientAuth";
  /** As openssl ca takes it: 20200101000000Z. */
  readonly from?: string;
  readonly until?: string;
  readonly digest?: string;
  /** Of an RSA key; default: an elliptic curve. */
  readonly rsaBits?: number;
  /** May sign others. */
  readonly isAuthority?: boolean;
}

/** Undefined when there is no openssl on this machine. */
export async function opensslVersion(): Promise<string | undefined> {
  try {
    return (await run("openssl", ["version"])).stdout.trim();
  } catch {
    return undefined;
  }
}

export class TestAuthority {
  readonly certificate: string;
  readonly #folder: string;

  private constructor(folder: string, certificate: string) {
    this.#folder = folder;
    this.certificate = certificate;
  }

  static async create(name: string): Promise<TestAuthority> {
    const folder = mkdtempSync(join(tmpdir(), "sallyport-authority-"));
    folders.push(folder);
    const at = (file: string) => join(folder, file);
    await newKey(at("ca.key"));
    const subject = ["-subj", `/CN=${name}`, "-days", "3650", "-addext", "basicConstraints=critical,CA:TRUE"];
    await run("openssl", ["req", "-x509", "-key", at("ca.key"), "-out", at("ca.crt"), ...subject]);
    return TestAuthority.#open(folder);
  }

  static async #open(folder: string): Promise<TestAuthority> {
    const at = (file: string) => join(folder, file);
    await writeFile(at("index.txt"), "");
    await writeFile(at("serial"), "1001\n");
    await writeFile(at("crlnumber"), "01\n");
    await writeFile(
      at("ca.cnf"),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${at("index.txt")}\nserial=${at("serial")}\ncrlnumber=${at("crlnumber")}\n` +
        `new_certs_dir=${folder}\ncertificate=${at("ca.crt")}\nprivate_key=${at("ca.key")}\ndefault_md=sha256\n` +
        "default_days=3650\ndefault_crl_days=3650\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n",
    );
    return new TestAuthority(folder, await readFile(at("ca.crt"), "utf8"));
  }

  async issue(name: string, options: IssueOptions = {}): Promise<Identity> {
    const file = `${name.replace(/[^a-z0-9]/gi, "-")}-${Math.random().toString(36).slice(2)}`;
    await this.#issue(name, file, options);
    return { certificate: await this.#read(`${file}.crt`), key: await this.#read(`${file}.key`) };
  }

  /** An authority below this one. */
  async intermediate(name: string): Promise<TestAuthority> {
    const folder = mkdtempSync(join(tmpdir(), "sallyport-authority-"));
    folders.push(folder);
    const { certificate, key } = await this.issue(name, { isAuthority: true });
    await writeFile(join(folder, "ca.crt"), certificate);
    await writeFile(join(folder, "ca.key"), key);
    return TestAuthority.#open(folder);
  }

  async revoke(identity: Identity): Promise<void> {
    const file = join(this.#folder, "revoked.crt");
    await writeFile(file, identity.certificate);
    await run("openssl", ["ca", "-config", join(this.#folder, "ca.cnf"), "-revoke", file]);
  }

  /** PEM. */
  async revocationList(): Promise<string> {
    return (await run("openssl", ["ca", "-config", join(this.#folder, "ca.cnf"), "-gencrl"])).stdout;
  }

  async #issue(name: string, file: string, options: IssueOptions): Promise<void> {
    const at = (ending: string) => join(this.#folder, `${file}.${ending}`);
    await newKey(at("key"), options.rsaBits);
    await run("openssl", ["req", "-new", "-key", at("key"), "-out", at("csr"), "-subj", `/CN=${name}`]);
    const extensions =
      options.isAuthority === true
        ? ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
        : ["basicConstraints=CA:FALSE", `extendedKeyUsage=${options.usage ?? "clientAuth"}`];
    if (options.names !== undefined) extensions.push(`subjectAltName=${options.names.join(",")}`);
    await writeFile(at("ext"), extensions.join("\n"));
    const dates = [
      ...(options.from === undefined ? [] : ["-startdate", options.from]),
      ...(options.until === undefined ? [] : ["-enddate", options.until]),
    ];
    const digest = options.digest === undefined ? [] : ["-md", options.digest];
    const files = ["-in", at("csr"), "-out", at("crt"), "-extfile", at("ext"), "-notext", "-batch"];
    await run("openssl", ["ca", "-config", join(this.#folder, "ca.cnf"), ...files, ...dates, ...digest]);
  }

  #read(file: string): Promise<string> {
    return readFile(join(this.#folder, file), "utf8");
  }
}

async function newKey(file: string, rsaBits?: number): Promise<void> {
  const kind =
    rsaBits === undefined
      ? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      : ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${rsaBits}`];
  await run("openssl", ["genpkey", ...kind, "-out", file]);
}
