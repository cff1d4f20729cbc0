/** Signs requests for Amazon (Signature Version 4), by Amazon's own library, which is loaded when the first one is signed. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { RequestMessage } from "../../kit/message.ts";
import { PolicyFault } from "../../kit/outcome.ts";
import type { AwsAccess } from "../../kit/exchange.ts";

type Signer = import("@smithy/signature-v4").SignatureV4;

/** What the library hashes with. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("A digest is made once.");
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

const signers = new WeakMap<AwsAccess, Promise<Signer>>();

/** Signs a request to Bedrock: method, path, host, type and body. @param now ms since the epoch */
export async function signForBedrock(message: RequestMessage, access: AwsAccess, now: number): Promise<void> {
  let signer = signers.get(access);
  if (signer === undefined) {
    signer = signerOf(access);
    signers.set(access, signer);
  }
  const { url, headers } = message;
  const { headers: signed } = await (await signer).sign(
    {
      method: message.method,
      protocol: `${url.scheme}:`,
      hostname: url.host,
      path: url.path,
      query: {},
      headers: { host: url.authority, "content-type": "application/json" },
      body: message.body.buffered,
    },
    { signingDate: new Date(now) },
  );
  for (const [name, value] of Object.entries(signed)) if (name !== "host") headers.set(name, value);
  message.carriesCallersAuthorization = false;
}

async function signerOf({ region, accessKeyId, secretAccessKey, sessionToken }: AwsAccess): Promise<Signer> {
  const { SignatureV4 } = await import("@smithy/signature-v4").catch((cause: unknown) => {
    const message =
      "Signing requests for Bedrock needs the package @smithy/signature-v4: npm install @smithy/signature-v4";
    throw new PolicyFault("MissingPackage", message, { cause });
  });
  return new SignatureV4({
    service: "bedrock",
    region,
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
}
