/** Fetches the secrets that the settings name, reporting at the name's place; never the value. */
import { readCertificateMaterial } from "../../base/pki/certificate-material.ts";
import { isLiteral, readSecret, type Secret } from "../../secrets/source.ts";
import { isPlaceholder, placeholderOf, type VaultSecret, vaultKindOf } from "../../secrets/vaults.ts";
import type { VaultReference } from "../apiops/vault-reference.ts";
import { keyPairProblem } from "../../secrets/key-pair.ts";
import type { ConfigFolder } from "../config-folder.ts";
import { type Fields, type Reading, reportAt } from "../documents/fields.ts";
import type { Names } from "../names.ts";
import type { Certificate, ListenerSettings } from "../snapshot.ts";
import type { ListenerDraft } from "./gateway-settings.ts";
import { apisOf } from "./listener-settings.ts";
import { fetchTls } from "./listener-tls.ts";
import type { CertificateOverride } from "./overrides.ts";
import type { SecretRef } from "./sections.ts";
import type { ReadSettings } from "./settings-file.ts";

/** A private key beside its certificate in one PEM file. */
const KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )?PRIVATE KEY-----/;

const MAX_PATH_LENGTH = 255;

/** Revocation lists of large authorities have hundreds of thousands of entries. */
const MAX_PEM_FILE_BYTES = 32 * 1024 * 1024;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values of sources that are in a vault. */
export interface VaultReader {
  read(source: string): Promise<VaultSecret>;
}

export class SecretReader {
  readonly reading: Reading;
  readonly #folder: ConfigFolder;
  readonly #settings: ReadSettings;
  readonly #env: Environment;
  readonly #vaults: VaultReader;
  /** Placeholders stand for what is not there. */
  readonly isOptional: boolean;

  /** @param options.areSecretsOptional placeholders stand for environment variables that are not set and files that are not there */
  constructor(
    folder: ConfigFolder,
    settings: ReadSettings,
    env: Environment,
    vaults: VaultReader,
    options: { readonly areSecretsOptional?: boolean } = {},
  ) {
    this.reading = settings.reading;
    this.#folder = folder;
    this.#settings = settings;
    this.#env = env;
    this.#vaults = vaults;
    this.isOptional = options.areSecretsOptional ?? false;
  }

  /** Undefined, and reported, when the source yields nothing. */
  async read(ref: SecretRef, reading = this.reading): Promise<string | undefined> {
    return (await this.#fetch(ref.source, ref, reading))?.value;
  }

  /** A certificate of the extract that is in a vault. */
  async vaultCertificate(id: string, ref: VaultReference): Promise<Certificate | undefined> {
    const content = await this.read(ref, ref.reading);
    if (content === undefined) return undefined;
    if (isPlaceholder(content)) return { id, certificate: "", key: content };
    const material = readCertificateMaterial(content);
    if (!("problem" in material)) return { id, certificate: material.certificate, key: material.key };
    reportAt(ref.reading, ref.node, "SP1203", material.problem, material.hint);
    return undefined;
  }

  /** PEM text: a bare source is a path here, unless it is PEM itself. */
  async readPem(ref: SecretRef): Promise<string | undefined> {
    const isPath = isLiteral(ref.source) && !ref.source.includes("-----BEGIN");
    return this.#read(isPath ? `file:${ref.source}` : ref.source, ref);
  }

  /** A file as PEM; one in DER is written as PEM of this label. */
  async readPemFile(ref: SecretRef, label: "CERTIFICATE" | "X509 CRL"): Promise<string | undefined> {
    const isPath = isLiteral(ref.source) && !ref.source.includes("-----BEGIN");
    const source = isPath ? `file:${ref.source}` : ref.source;
    const content = await this.#fetch(source, ref, this.reading, MAX_PEM_FILE_BYTES);
    if (content?.bytes?.[0] !== 0x30) return content?.value;
    const base64 = Buffer.from(content.bytes).toString("base64");
    return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
  }

  /** PEM of authorities; undefined, and reported, when there is none in it. */
  async readAuthorities(ref: SecretRef): Promise<string | undefined> {
    const text = await this.readPem(ref);
    if (text === undefined || isPlaceholder(text)) return text;
    const material = readCertificateMaterial(text);
    if (!("problem" in material)) return material.certificate;
    reportAt(this.reading, ref.node, "SP1203", material.problem, material.hint);
    return undefined;
  }

  async certificate(override: CertificateOverride): Promise<Certificate | undefined> {
    const at = override.certificate ?? override.pfx;
    if (at === undefined) return undefined;
    const material = await this.#material(override, at);
    if (material === undefined) return undefined;
    if ("problem" in material) {
      reportAt(this.reading, at.node, "SP1203", material.problem, material.hint);
      return undefined;
    }
    const { certificate, key } = material;
    if (isPlaceholder(certificate)) return { id: override.name, certificate: "", key: certificate };
    return this.#checkPair(certificate, key, { certificate: at }) ? { id: override.name, certificate, key } : undefined;
  }

  async #material(override: CertificateOverride, at: SecretRef) {
    const key = override.key && (await this.readPem(override.key));
    if (override.key !== undefined && key === undefined) return undefined;
    if (at === override.certificate) {
      const certificate = await this.readPem(at);
      return certificate === undefined ? undefined : { certificate, key: key ?? KEY.exec(certificate)?.[0] };
    }
    const password = override.password && (await this.read(override.password));
    const content = await this.readFile(at);
    if (content === undefined || (override.password !== undefined && password === undefined)) return undefined;
    if (typeof content === "string" && isPlaceholder(content)) return { certificate: content, key: undefined };
    return readCertificateMaterial(content, password);
  }

  async listener({ tls, apis, ...draft }: ListenerDraft, names: Names): Promise<ListenerSettings> {
    return {
      ...draft,
      ...(apis === undefined ? {} : { apis: apisOf(apis, names, this.reading) }),
      tls: tls && (await fetchTls(this, tls)),
    };
  }

  /** False, and reported at `fields`, when a key does not belong to its certificate. */
  checkPair(certificate: string, key: string, fields: Fields): boolean {
    return this.#checkPair(certificate, key, { certificate: { node: fields.node } });
  }

  #checkPair(certificate: string, key: string | undefined, at: { certificate: Pick<SecretRef, "node"> }): boolean {
    if (isPlaceholder(certificate) || (key !== undefined && isPlaceholder(key))) return true;
    const problem = keyPairProblem(certificate, key, Date.now());
    if (problem !== undefined)
      reportAt(this.reading, at.certificate.node, "SP1203", problem.message, problem.hint, problem.severity);
    return problem?.severity !== "error";
  }

  async #read(source: string, ref: SecretRef): Promise<string | undefined> {
    return (await this.#fetch(source, ref))?.value;
  }

  /** What a file holds, as it is; or the text of another source. A bare source is a path. */
  async readFile(ref: SecretRef): Promise<Uint8Array | string | undefined> {
    // A whole file pasted as base64 is no path, and must not show up in a message as one.
    const { source } = ref;
    const isText = source.startsWith("literal:") || source.includes("-----BEGIN") || source.length > MAX_PATH_LENGTH;
    const content = await this.#fetch(isLiteral(source) && !isText ? `file:${source}` : source, ref);
    return content?.bytes ?? content?.value;
  }

  async #fetch(
    source: string,
    ref: SecretRef,
    reading = this.reading,
    maxBytes?: number,
  ): Promise<Extract<Secret, { value: string }> | undefined> {
    if (vaultKindOf(source) !== undefined) return this.#fromVault(source, ref, reading);
    if (this.isOptional && source.startsWith("env:") && !this.#env[source.slice(4).trim()])
      return { value: placeholderOf(source) };
    const { copied } = this.#folder;
    const secret = await readSecret(source, { env: this.#env, folder: this.#settings.folder, maxBytes, copied });
    if ("value" in secret) {
      if (secret.file !== undefined) this.#folder.took(secret.file, secret.bytes);
      return secret;
    }
    if (this.isOptional && source.startsWith("file:") && !secret.isThere) return { value: placeholderOf(source) };
    reportAt(this.reading, ref.node, "SP1203", secret.problem, secret.hint);
    return undefined;
  }

  async #fromVault(source: string, ref: SecretRef, reading: Reading): Promise<{ value: string } | undefined> {
    const secret = await this.#vaults.read(source);
    if ("value" in secret) return secret;
    // What the extract refers to need not be had from there.
    const instead =
      reading === this.reading ? "" : " Or name another source in sallyport.yaml (namedValues, certificates).";
    reportAt(reading, ref.node, "SP1203", secret.problem, secret.hint + instead);
    return undefined;
  }
}
