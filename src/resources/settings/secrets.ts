/** Fetches the secrets that the settings name, reporting at the name's place; never the value. */
import { isLiteral, readSecret } from "../../secrets/source.ts";
import { keyPairProblem } from "../../secrets/key-pair.ts";
import type { ConfigFolder } from "../config-folder.ts";
import { type Reading, reportAt } from "../documents/fields.ts";
import type { Certificate, ListenerSettings } from "../snapshot.ts";
import type { ListenerDraft } from "./gateway-settings.ts";
import type { CertificateOverride, SecretRef } from "./overrides.ts";
import type { ReadSettings } from "./settings-file.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export class SecretReader {
  readonly reading: Reading;
  readonly #folder: ConfigFolder;
  readonly #settings: ReadSettings;
  readonly #env: Environment;

  constructor(folder: ConfigFolder, settings: ReadSettings, env: Environment) {
    this.reading = settings.reading;
    this.#folder = folder;
    this.#settings = settings;
    this.#env = env;
  }

  /** Undefined, and reported, when the source yields nothing. */
  async read(ref: SecretRef): Promise<string | undefined> {
    return this.#read(ref.source, ref);
  }

  /** PEM text: a bare source is a path here, unless it is PEM itself. */
  async readPem(ref: SecretRef): Promise<string | undefined> {
    const isPath = isLiteral(ref.source) && !ref.source.includes("-----BEGIN");
    return this.#read(isPath ? `file:${ref.source}` : ref.source, ref);
  }

  async certificate(override: CertificateOverride): Promise<Certificate | undefined> {
    const certificate = await this.readPem(override.certificate);
    const key = override.key && (await this.readPem(override.key));
    if (certificate === undefined || (override.key !== undefined && key === undefined)) return undefined;
    return this.#checkPair(certificate, key, override) ? { id: override.name, certificate, key } : undefined;
  }

  async listener(draft: ListenerDraft): Promise<ListenerSettings> {
    if (draft.tls === undefined) return { ...draft, tls: undefined };
    const { fields, minVersion } = draft.tls;
    const certificate = await this.readPem({
      source: draft.tls.certificate,
      node: fields.get("certificate") ?? fields.node,
    });
    const key = await this.readPem({ source: draft.tls.key, node: fields.get("key") ?? fields.node });
    if (
      certificate === undefined ||
      key === undefined ||
      !this.#checkPair(certificate, key, { certificate: { node: fields.node } })
    ) {
      return { ...draft, tls: undefined };
    }
    return { ...draft, tls: { certificate, key, minVersion } };
  }

  #checkPair(certificate: string, key: string | undefined, at: { certificate: Pick<SecretRef, "node"> }): boolean {
    const problem = keyPairProblem(certificate, key, Date.now());
    if (problem !== undefined)
      reportAt(this.reading, at.certificate.node, "SP1203", problem.message, problem.hint, problem.severity);
    return problem?.severity !== "error";
  }

  async #read(source: string, ref: SecretRef): Promise<string | undefined> {
    const secret = await readSecret(source, { env: this.#env, folder: this.#settings.folder });
    if ("value" in secret) {
      if (secret.file !== undefined) this.#folder.watch(secret.file);
      return secret.value;
    }
    reportAt(this.reading, ref.node, "SP1203", secret.problem, secret.hint);
    return undefined;
  }
}
