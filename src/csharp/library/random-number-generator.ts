/** System.Security.Cryptography.RandomNumberGenerator and RNGCryptoServiceProvider: the system's generator. */
import { randomBytes, randomInt } from "node:crypto";
import { allocate } from "../runtime/budget.ts";
import { bytes, type CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, checkNonNegative } from "./exceptions-thrown.ts";

const NAMESPACE = "System.Security.Cryptography.";

class RandomNumberGenerator extends CsObject {
  override get type(): Type {
    return type(`${NAMESPACE}RNGCryptoServiceProvider`);
  }
}

function fill(target: Uint8Array): void {
  target.set(randomBytes(target.length));
}

function dataOf(data: CsArray | null): Uint8Array {
  if (data === null) throw argumentNull("data");
  return data.items as Uint8Array;
}

function fillRange(_self: unknown, data: CsArray | null, offset: number, count: number): void {
  const raw = dataOf(data);
  checkNonNegative(offset, "offset");
  checkNonNegative(count, "count");
  if (count > raw.length - offset) {
    throw argument(
      "Offset and length were out of bounds for the array or count is greater than the number of elements from index " +
        "to the end of the source collection.",
    );
  }
  fill(raw.subarray(offset, offset + count));
}

function fillNonZero(_self: unknown, data: CsArray | null): void {
  const raw = dataOf(data);
  for (let i = 0; i < raw.length; i++) raw[i] = randomInt(1, 256);
}

function below(toExclusive: number): number {
  if (toExclusive <= 0) throw argumentOutOfRange("toExclusive", positive("toExclusive", toExclusive), toExclusive);
  return randomInt(toExclusive);
}

function positive(name: string, value: number): string {
  return `${name} ('${value}') must be a non-negative and non-zero value.`;
}

function between(from: number, to: number): number {
  if (from >= to) throw argument("Range of random number does not contain at least one possibility.");
  // A range of 2^32 is too wide for randomInt alone.
  return from + Math.floor((randomBytes(6).readUIntBE(0, 6) / 2 ** 48) * (to - from));
}

const members: Members = {
  "GetBytes(byte[])": (_self: unknown, data: CsArray | null) => fill(dataOf(data)),
  "GetBytes(byte[],int,int)": fillRange,
  "GetNonZeroBytes(byte[])": fillNonZero,
  "Dispose()": () => {},
};

implement(`${NAMESPACE}RandomNumberGenerator`, {
  ...members,
  "Create()": () => new RandomNumberGenerator(),
  "GetBytes(int)": (count: number) => {
    checkNonNegative(count, "count");
    allocate(count);
    return bytes(new Uint8Array(randomBytes(count)));
  },
  "GetInt32(int)": below,
  "GetInt32(int,int)": between,
});

implement(`${NAMESPACE}RNGCryptoServiceProvider`, {
  ...members,
  "new()": () => new RandomNumberGenerator(),
  "new(string)": () => new RandomNumberGenerator(),
  "new(byte[])": () => new RandomNumberGenerator(),
});
