/** Values found by nearness: what a semantic cache keeps. Partitions never see each other's entries. */

export interface Vectors {
  /**
   * The value of the nearest entry of a partition that lies at most `maxDistance` away, by cosine distance: 0 same direction, 1 at right
   * angles, 2 opposite. Undefined: none is so near. Rejects when the store cannot be asked.
   */
  nearest(partition: string, vector: Float32Array, maxDistance: number): Found | undefined | Promise<Found | undefined>;
  /** Keeps a value; it may be forgotten at any time. Rejects when the store cannot be asked. */
  put(partition: string, vector: Float32Array, value: Uint8Array, ttlMs: number): void | Promise<void>;
  close(): Promise<void>;
}

export interface Found {
  readonly distance: number;
  readonly value: Uint8Array;
}

/** The vector of length 1 in the same direction; undefined when it has none. */
export function unit(vector: Float32Array): Float32Array | undefined {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!(squares > 0) || !Number.isFinite(squares)) return undefined;
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}
