/** Padding of the last block of a symmetric cipher. */
import { randomBytes } from "node:crypto";
import { cryptographicError } from "./cryptographic-errors.ts";

/** System.Security.Cryptography.PaddingMode. */
export const PaddingMode = { None: 1, PKCS7: 2, Zeros: 3, ANSIX923: 4, ISO10126: 5 } as const;

/** What comes behind the data, to fill up the last block. */
export function padding(length: number, block: number, mode: number): Uint8Array {
  const missing = block - (length % block);
  switch (mode) {
    case PaddingMode.None:
      if (missing !== block) throw cryptographicError("The input data is not a complete block.");
      return new Uint8Array(0);
    case PaddingMode.Zeros:
      return new Uint8Array(missing % block);
    case PaddingMode.PKCS7:
      return new Uint8Array(missing).fill(missing);
    default: {
      const fill = mode === PaddingMode.ISO10126 ? new Uint8Array(randomBytes(missing)) : new Uint8Array(missing);
      fill[missing - 1] = missing;
      return fill;
    }
  }
}

/** The data without its padding; CryptographicException when the padding is wrong. */
export function withoutPadding(data: Uint8Array, block: number, mode: number): Uint8Array {
  if (mode === PaddingMode.None || mode === PaddingMode.Zeros) return data;
  const count = data.at(-1) ?? 0;
  let right = count > 0 && count <= block && count <= data.length;
  const fill = right ? data.subarray(data.length - count, data.length - 1) : new Uint8Array(0);
  if (mode === PaddingMode.PKCS7) right &&= fill.every((byte) => byte === count);
  if (mode === PaddingMode.ANSIX923) right &&= fill.every((byte) => byte === 0);
  if (!right) throw cryptographicError("Padding is invalid and cannot be removed.");
  return data.subarray(0, data.length - count);
}

/** Padding that shows how long it is, so that the last block cannot be given out before the end is known. */
export function isMarked(mode: number): boolean {
  return mode !== PaddingMode.None && mode !== PaddingMode.Zeros;
}
