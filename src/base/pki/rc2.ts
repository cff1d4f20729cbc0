/**
 * RC2 decryption in CBC mode (RFC 2268), which current libraries no longer offer and older PKCS #12 files still need:
 * Windows encrypted the certificates in them with 40-bit RC2.
 */

/** A permutation of all bytes, from the digits of pi (RFC 2268 section 2). */
const PI =
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb" +
  "86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda46690757" +
  "27f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e" +
  "0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b255597312d5dfa98e38a92ae05df2910676cbac9" +
  "d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad";
const PI_TABLE = Uint8Array.from(Buffer.from(PI, "hex"));

/** 64 words of 16 bits (RFC 2268 section 2). */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const table = new Uint8Array(128);
  table.set(key);
  for (let i = key.length; i < 128; i++) table[i] = PI_TABLE[(table[i - 1] + table[i - key.length]) & 255];
  const bytes = Math.ceil(effectiveBits / 8);
  const mask = 255 >> (8 * bytes - effectiveBits);
  table[128 - bytes] = PI_TABLE[table[128 - bytes] & mask];
  for (let i = 127 - bytes; i >= 0; i--) table[i] = PI_TABLE[table[i + 1] ^ table[i + bytes]];
  return Uint16Array.from({ length: 64 }, (_, i) => table[2 * i] | (table[2 * i + 1] << 8));
}

const ROTATIONS = [1, 2, 3, 5];

/** Decrypts one block in place: four little-endian words (RFC 2268 section 4). */
function decryptBlock(r: Uint16Array, key: Uint16Array): void {
  let j = 63;
  const unmix = () => {
    for (let i = 3; i >= 0; i--) {
      const turned = (r[i] >>> ROTATIONS[i]) | (r[i] << (16 - ROTATIONS[i]));
      const [a, b, c] = [r[(i + 3) & 3], r[(i + 2) & 3], r[(i + 1) & 3]];
      r[i] = turned - key[j--] - (a & b) - (~a & c);
    }
  };
  const unmash = () => {
    for (let i = 3; i >= 0; i--) r[i] -= key[r[(i + 3) & 3] & 63];
  };
  for (let round = 0; round < 16; round++) {
    unmix();
    if (round === 4 || round === 10) unmash();
  }
}

/** @param data whole blocks of 8 bytes; padding stays */
export function decryptRc2Cbc(data: Uint8Array, key: Uint8Array, iv: Uint8Array, effectiveBits: number): Uint8Array {
  const words = expandKey(key, effectiveBits);
  const input = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Uint8Array(data.length);
  for (let at = 0; at + 8 <= data.length; at += 8) {
    const block = Uint16Array.from({ length: 4 }, (_, i) => input.getUint16(at + 2 * i, true));
    decryptBlock(block, words);
    const previous = at === 0 ? iv : data.subarray(at - 8, at);
    for (let i = 0; i < 8; i++) out[at + i] = (block[i >> 1] >> (8 * (i & 1))) ^ previous[i];
  }
  return out;
}
