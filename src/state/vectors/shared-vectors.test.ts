/** Stores that replicas share: PostgreSQL with pgvector, and a Redis server that has no search module. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noRedis, RedisServer } from "../../../test/support/redis.ts";
import { VectorPostgres } from "../../../test/support/vector-postgres.ts";
import { ManualClock } from "../../base/clock.ts";
import { openVectors, type VectorsOptions } from "./open.ts";

const of = (...values: number[]) => new Float32Array(values);
const open = (store: VectorsOptions["store"], url: string | undefined) =>
  openVectors(new ManualClock(), { store, url, prefix: "test:", maxBytes: 1e6, maxEntries: 100, timeoutMs: 60_000 });

test("PostgreSQL with pgvector: the nearest of a partition within the distance, until its time is over", async () => {
  const server = await VectorPostgres.start();
  const vectors = await open("postgres", server.url);
  const find = async (partition: string, vector: Float32Array, distance = 0.1) => {
    const found = await vectors.nearest(partition, vector, distance);
    return found && Buffer.from(found.value).toString();
  };
  try {
    await vectors.put("a", of(1, 0, 0), Buffer.from("east"), 60_000);
    await vectors.put("a", of(0, 2, 0), Buffer.from([0, 255, 10]), 60_000);
    await vectors.put("b", of(1, 0), Buffer.from("flat"), 60_000);
    await vectors.put("a", of(0, 0, 1), Buffer.from("gone"), 1);
    await vectors.put("a", of(0, 0, 0), Buffer.from("nowhere"), 60_000);
    assert.equal(await find("a", of(5, 0.1, 0)), "east");
    const north = await vectors.nearest("a", of(0.1, 9, 0), 0.1);
    assert.deepEqual([...(north?.value ?? [])], [0, 255, 10]);
    assert.ok(north !== undefined && north.distance > 0 && north.distance < 0.001);
    assert.equal(await find("a", of(1, 1, 0)), undefined);
    assert.equal(await find("a", of(1, 1.01, 0), 0.3), Buffer.from([0, 255, 10]).toString());
    assert.equal(await find("b", of(1, 0, 0)), undefined);
    assert.equal(await find("b", of(2, 0)), "flat");
    assert.equal(await find("a", of(0, 0, 1)), undefined);
  } finally {
    await vectors.close();
  }
  // What one has kept, the next one finds.
  const others = await open("postgres", server.url);
  assert.ok(await others.nearest("a", of(1, 0, 0), 0.1));
  await others.close();
  await server.close();
});

test("PostgreSQL without pgvector is told from the start, and one that does not answer", async () => {
  const server = await VectorPostgres.start(false);
  await assert.rejects(open("postgres", server.url), /needs the extension pgvector/);
  await server.close();
  await assert.rejects(open("postgres", server.url));
});

test("a Redis server without the search module is told from the start", { skip: noRedis }, async () => {
  const server = await RedisServer.start();
  try {
    await assert.rejects(open("redis", server.url), /needs its search module/);
  } finally {
    await server.stop();
  }
  await assert.rejects(open("redis", server.url), /does not answer/);
});

test("a store without a URL, and a cluster, are refused", async () => {
  await assert.rejects(open("redis", undefined), /give ai.semanticCache.url/);
  await assert.rejects(open("redis", "redis+cluster://a:1,b:2"), /not a cluster/);
});
