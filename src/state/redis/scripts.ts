/**
 * One Lua script for each verb, run by the server as one step (https://redis.io/docs/latest/develop/interact/programmability/eval-intro/).
 * Each touches one key, so that they run in cluster mode, and reads the server's clock, so that replicas agree on windows.
 */

/** Pieces of a sliding window, as in shared/counters.ts. */
export const BUCKETS = 60;

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const EXACT_NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
`;

/**
 * Sliding window: a hash of bucket -> amount with total (t), oldest (o) and newest (n) bucket, and by e<bucket> when it was last added to.
 * ARGV: least amount, greatest amount, limit (-1: none), length in ms, 1 for a lease: what is taken may be spent until its bucket ends. Takes as much as fits between least and greatest, or nothing.
 * Answers: taken (-1: refused), left, ms until that much more is free or the bucket ends, number of the bucket.
 */
export const TAKE_SLIDING = `${EXACT_NOW}
local key = KEYS[1]
local least, greatest, limit, length = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local is_lease = ARGV[5] == '1'
local bucket_ms = length / ${BUCKETS}
local bucket = math.floor(now / bucket_ms)
local state = redis.call('HMGET', key, 't', 'o', 'n')
local total, oldest, newest = tonumber(state[1]) or 0, tonumber(state[2]) or bucket, tonumber(state[3]) or bucket
if newest - bucket > ${BUCKETS} then
  -- Counted by a clock that was more than a window ahead: all of it counts as of now, or it would never leave.
  redis.call('DEL', key)
  redis.call('HSET', key, bucket, total, 't', total, 'o', bucket, 'n', bucket)
  redis.call('PEXPIRE', key, math.ceil(length + 2 * bucket_ms))
  oldest, newest = bucket, bucket
end
if bucket < newest then bucket = newest end
-- When the last of a bucket leaves the window.
local function leaves(i)
  return (tonumber(redis.call('HGET', key, 'e' .. i)) or (i + 1) * bucket_ms) + length
end
-- Of the bucket that began a window ago, all has left, or part of it may be within the window still.
local last_gone = bucket - ${BUCKETS}
if last_gone > newest then
  last_gone = newest
elseif last_gone < oldest or leaves(last_gone) > now then
  last_gone = last_gone - 1
end
for i = oldest, last_gone do
  local amount = redis.call('HGET', key, i)
  if amount then
    total = total - amount
    redis.call('HDEL', key, i, 'e' .. i)
  end
end
if last_gone >= oldest then
  oldest = last_gone + 1
  if state[1] then redis.call('HSET', key, 't', total, 'o', oldest) end
end
local free = greatest
if limit >= 0 then free = limit - total end
if free < least then
  local freed, wait = 0, length
  for i = oldest, newest do
    freed = freed + (tonumber(redis.call('HGET', key, i)) or 0)
    if freed >= least - free then
      wait = leaves(i) - now
      break
    end
  end
  -- Without what doubles add to a sum.
  return {-1, math.max(0, free), math.ceil(wait - 0.01), bucket}
end
local taken = math.min(greatest, free)
if taken > 0 then
  redis.call('HINCRBY', key, bucket, taken)
  local last = (bucket + 1) * bucket_ms
  if not is_lease then last = math.max(now, tonumber(redis.call('HGET', key, 'e' .. bucket)) or now) end
  redis.call('HSET', key, 't', total + taken, 'o', oldest, 'n', bucket, 'e' .. bucket, string.format('%.3f', last))
  redis.call('PEXPIRE', key, math.ceil(length + 2 * bucket_ms))
end
return {taken, math.max(0, free - taken), math.ceil((bucket + 1) * bucket_ms - now), bucket}
`;

/** Fixed window: a number that expires with its window. ARGV as above and the start of the first window; length 0: endless. */
export const TAKE_FIXED = `${NOW}
local key = KEYS[1]
local least, greatest, limit, length = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local total = tonumber(redis.call('GET', key)) or 0
local free = greatest
if limit >= 0 then free = limit - total end
local left_ms, has_end = -1, true
if length > 0 then
  left_ms = redis.call('PTTL', key)
  -- None yet; or one that a clock gave which was ahead.
  if left_ms < 0 or left_ms > length then
    left_ms = length - (now - tonumber(ARGV[5])) % length
    has_end = false
  end
end
if free < least then return {-1, math.max(0, free), left_ms, 0} end
local taken = math.min(greatest, free)
if taken > 0 then
  redis.call('INCRBY', key, taken)
  if not has_end then redis.call('PEXPIRE', key, left_ms) end
end
return {taken, math.max(0, free - taken), left_ms, 0}
`;

/** Gives back what was taken of a sliding window and not used. ARGV: amount, bucket. */
export const RETURN_SLIDING = `
local amount = tonumber(redis.call('HGET', KEYS[1], ARGV[2]))
if not amount then return 0 end
local back = math.min(amount, tonumber(ARGV[1]))
redis.call('HINCRBY', KEYS[1], ARGV[2], -back)
redis.call('HINCRBY', KEYS[1], 't', -back)
return back
`;

/** The same for a fixed window. ARGV: amount, ms that the window has left at most: one that has longer is the next one. */
export const RETURN_FIXED = `
local total = tonumber(redis.call('GET', KEYS[1]))
if not total or redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then return 0 end
local back = math.min(total, tonumber(ARGV[1]))
redis.call('DECRBY', KEYS[1], back)
return back
`;

/** Takes back from the newest buckets on. ARGV: amount. */
export const REFUND_SLIDING = `
local state = redis.call('HMGET', KEYS[1], 't', 'o', 'n')
if not state[1] or not state[3] then return 0 end
local left = math.min(tonumber(ARGV[1]), tonumber(state[1]))
redis.call('HINCRBY', KEYS[1], 't', -left)
for i = tonumber(state[3]), tonumber(state[2] or state[3]), -1 do
  if left <= 0 then break end
  local amount = tonumber(redis.call('HGET', KEYS[1], i)) or 0
  local taken = math.min(left, amount)
  if taken > 0 then redis.call('HINCRBY', KEYS[1], i, -taken) end
  left = left - taken
end
return 1
`;

/**
 * Token bucket: a hash of what is missing (m), when it was (a), and what comes back in a ms (r). ARGV as of a sliding window; limit -1: adds.
 * Answers: taken (-1: refused), left, ms until that much more is there or the bucket is full again, 0.
 */
export const TAKE_BUCKET = `${NOW}
local key = KEYS[1]
local least, greatest, limit, length = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local state = redis.call('HMGET', key, 'm', 'a', 'r')
local missing, at, rate = tonumber(state[1]) or 0, tonumber(state[2]) or now, tonumber(state[3]) or 0
if limit >= 0 then rate = limit / length end
-- A clock that stepped back does not fill; one that was more than a window ahead is not waited for.
if at - now > length then at = now end
if now < at then now = at end
missing = math.max(0, missing - (now - at) * rate)
local free = greatest
if limit >= 0 then free = limit - missing + 1e-6 end
local taken = -1
if free >= least then
  taken = math.floor(math.min(greatest, free))
  missing = missing + taken
end
if missing > 0 then
  redis.call('HSET', key, 'm', string.format('%.17g', missing), 'a', now, 'r', string.format('%.17g', rate))
  local life = length * 10
  if rate > 0 then life = missing / rate end
  redis.call('PEXPIRE', key, math.ceil(life) + 1)
end
local wait = 0
if rate > 0 then
  wait = missing / rate
  if taken < 0 then wait = (least - free + 5e-7) / rate end
elseif taken < 0 then
  wait = length
end
local left = 0
if limit >= 0 then left = math.max(0, math.floor(limit - missing + 1e-6)) end
return {taken, left, math.ceil(wait), 0}
`;

/** Takes back from what is missing in a bucket. ARGV: amount. */
export const REFUND_BUCKET = `
local missing = tonumber(redis.call('HGET', KEYS[1], 'm'))
if not missing then return 0 end
redis.call('HSET', KEYS[1], 'm', string.format('%.17g', math.max(0, missing - ARGV[1])))
return 1
`;

/** Takes one of several slots under a lease. ARGV: slots, lease in ms, id of the holder. Answers 1 or 0. */
export const ACQUIRE = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- No lease ends later than one that begins now, unless the clock was ahead then: holders who live renew theirs.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + ARGV[2]), '+inf')
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

/** Prolongs a lease, or takes it up again after a server has lost it: its holder is inside, so it counts. ARGV: lease in ms, id. */
export const RENEW = `${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`;

/** Gives a slot back. ARGV: id. */
export const RELEASE = `return redis.call('ZREM', KEYS[1], ARGV[1])`;

/** Says that a taker is alive and counts those that are. ARGV: its id, ms after which it counts as gone. */
export const PRESENT = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`;

/** Opens a breaker for all. ARGV: breaker, ms. Answers the server's time of its end. */
export const TRIP = `${NOW}
redis.call('HSET', KEYS[1], ARGV[1], now + ARGV[2])
redis.call('PEXPIRE', KEYS[1], math.max(86400000, redis.call('PTTL', KEYS[1]), ARGV[2] + 3600000))
return now + ARGV[2]
`;

/** Closes one. ARGV: breaker. */
export const UNTRIP = `return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** All open breakers: name, end, ms left, ... Ended ones stay an hour, for the probes of all replicas. */
export const TRIPPED = `${NOW}
local all, open = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local left = all[i + 1] - now
  if left < -3600000 then
    redis.call('HDEL', KEYS[1], all[i])
  else
    open[#open + 1] = all[i]
    open[#open + 1] = tonumber(all[i + 1])
    open[#open + 1] = left
  end
end
return open
`;

export const SCRIPTS = {
  takeSliding: TAKE_SLIDING,
  takeFixed: TAKE_FIXED,
  returnSliding: RETURN_SLIDING,
  returnFixed: RETURN_FIXED,
  refundSliding: REFUND_SLIDING,
  takeBucket: TAKE_BUCKET,
  refundBucket: REFUND_BUCKET,
  acquire: ACQUIRE,
  renew: RENEW,
  release: RELEASE,
  present: PRESENT,
  trip: TRIP,
  untrip: UNTRIP,
  tripped: TRIPPED,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
