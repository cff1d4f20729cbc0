/** System.Security.Cryptography.ICryptoTransform of a symmetric cipher: data block by block. */
import type { Cipheriv, Decipheriv } from "node:crypto";
import { allocate } from "../runtime/budget.ts";
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { isMarked, padding, withoutPadding } from "./block-padding.ts";
import { cryptographicError } from "./cryptographic-errors.ts";
import { implement } from "./define.ts";
import { argument } from "./exceptions-thrown.ts";
import { dataRange, HashAlgorithm, hashBlock, hashFinalBlock } from "./hash-algorithm.ts";

const NAME = "System.Security.Cryptography.UniversalCryptoTransform";
const INTERFACE = "System.Security.Cryptography.ICryptoTransform";

// .NET's class is not public; code meets it as an ICryptoTransform.
declareTypes([{ type: NAME, kind: "class", base: "System.Object", ifaces: [INTERFACE, "System.IDisposable"], m: [] }]);

export class CryptoTransform extends CsObject {
  readonly #start: () => Cipheriv | Decipheriv;
  readonly #encrypting: boolean;
  readonly #padding: number;
  readonly blockBytes: number;
  #machine: Cipheriv | Decipheriv | null = null;
  /** Decrypted data that may turn out to be padding. */
  #held: Uint8Array = new Uint8Array(0);

  /** @param start makes a cipher that does not pad */
  constructor(start: () => Cipheriv | Decipheriv, encrypting: boolean, blockBytes: number, paddingMode: number) {
    super();
    this.#start = start;
    this.#encrypting = encrypting;
    this.blockBytes = blockBytes;
    this.#padding = paddingMode;
  }

  override get type(): Type {
    return type(NAME);
  }

  /** Whole blocks. */
  transform(data: Uint8Array): Uint8Array {
    this.#machine ??= this.#start();
    const out = Buffer.concat([this.#held, this.#machine.update(data)]);
    if (this.#encrypting || !isMarked(this.#padding)) return out;
    this.#held = out.subarray(out.length - this.blockBytes);
    return out.subarray(0, out.length - this.blockBytes);
  }

  /** The rest; afterwards a new message can begin. */
  finish(data: Uint8Array): Uint8Array {
    this.#machine ??= this.#start();
    const machine = this.#machine;
    const held = this.#held;
    this.#machine = null;
    this.#held = new Uint8Array(0);
    if (this.#encrypting) {
      const fill = padding(data.length, this.blockBytes, this.#padding);
      return new Uint8Array(Buffer.concat([machine.update(data), machine.update(fill), machine.final()]));
    }
    if (data.length % this.blockBytes !== 0) throw cryptographicError("The input data is not a complete block.");
    const plain = new Uint8Array(Buffer.concat([held, machine.update(data), machine.final()]));
    return plain.length === 0 ? plain : withoutPadding(plain, this.blockBytes, this.#padding).slice();
  }
}

type Transform = CryptoTransform | HashAlgorithm;

function transformBlock(
  self: Transform,
  input: CsArray | null,
  offset: number,
  count: number,
  output: CsArray | null,
  outputOffset: number,
): number {
  if (self instanceof HashAlgorithm) return hashBlock(self, input, offset, count, output, outputOffset);
  const data = dataRange(input, offset, count, "inputBuffer");
  if (count === 0 || count % self.blockBytes !== 0) throw argument("Value was invalid.", "inputCount");
  const out = self.transform(data);
  const target = output?.items as Uint8Array | undefined;
  if (!target || out.length > target.length - outputOffset) throw argument("Value was invalid.", "outputBuffer");
  target.set(out, outputOffset);
  return out.length;
}

function transformFinalBlock(self: Transform, input: CsArray | null, offset: number, count: number): CsArray {
  if (self instanceof HashAlgorithm) return hashFinalBlock(self, input, offset, count);
  allocate(count);
  return bytes(self.finish(dataRange(input, offset, count, "inputBuffer")));
}

function blockSize(self: Transform): number {
  return self instanceof HashAlgorithm ? 1 : self.blockBytes;
}

implement(INTERFACE, {
  CanReuseTransform: () => true,
  CanTransformMultipleBlocks: () => true,
  InputBlockSize: blockSize,
  OutputBlockSize: blockSize,
  "TransformBlock(byte[],int,int,byte[],int)": transformBlock,
  "TransformFinalBlock(byte[],int,int)": transformFinalBlock,
  "Dispose()": () => {},
});
