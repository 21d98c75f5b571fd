-- One page of the sweep (law L6): finds unsettled entities that no job will deliver.
-- KEYS  1 pending, 2 dead, 3 the queue's failed set, 4 holds
-- ARGV  1 'pending' | 'dead', 2 offset, 3 page size, 4 grace ms, 5 prefix of slots,
--       6 prefix of BullMQ's deduplication keys, 7 prefix of BullMQ's jobs
-- Returns {entities looked at, entities that left this set, ids that need a job...}
-- The key names under 6 and 7 are BullMQ's own (version 6): "<prefix>:<queue>:de:<deduplication id>"
-- holds the id of the job that owns it from add until it is finished.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local offset, size, grace = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local source = ARGV[1] == 'dead' and KEYS[2] or KEYS[1]
local page = redis.call('ZRANGE', source, offset, offset + size - 1, 'WITHSCORES')
local left, orphans = 0, {}
-- Deletes that are held gave their jobs up (delete-guard.ts): they get new ones afterwards.
local storm = redis.call('HEXISTS', KEYS[4], 'delete-storm') == 1

-- Whether a job will deliver the entity. One that is gone, or at its end, will not, though
-- its deduplication key be left: BullMQ takes both in one step, other hands may not.
local function hasJob(entity)
  local owner = redis.call('GET', ARGV[6] .. entity)
  if not owner then return false end
  local job = ARGV[7] .. owner
  if redis.call('EXISTS', job) == 1 and redis.call('HEXISTS', job, 'finishedOn') == 0 then return true end
  redis.call('DEL', ARGV[6] .. entity)
  return false
end

for i = 1, #page, 2 do
  local entity, since = page[i], tonumber(page[i + 1])
  local s = redis.call('HMGET', ARGV[5] .. entity, 'v', 'tk', 'jid', 'fj', 'op')
  if not s[1] then
    redis.call('ZREM', source, entity)
    left = left + 1
  elseif ARGV[1] == 'dead' then
    if not s[4] or redis.call('EXISTS', ARGV[7] .. s[4]) == 0 then
      -- Its dead letter was removed by hand: the state is still undelivered.
      redis.call('ZREM', KEYS[2], entity)
      redis.call('ZADD', KEYS[1], 'LT', now, entity)
      redis.call('HDEL', ARGV[5] .. entity, 'fj')
      left = left + 1
      orphans[#orphans + 1] = entity
    end
  else
    local waits = s[2] and tonumber(s[2]) or since + grace
    if not (storm and s[5] == 'delete') and waits <= now and not hasJob(entity) then
      if s[3] and redis.call('ZSCORE', KEYS[3], s[3]) then
        -- Failed for good with this very state while nobody was there to note it.
        redis.call('HSET', ARGV[5] .. entity, 'fj', s[3])
        redis.call('ZREM', KEYS[1], entity)
        redis.call('ZADD', KEYS[2], now, entity)
        left = left + 1
      else
        orphans[#orphans + 1] = entity
      end
    end
  end
end
return { #page / 2, left, unpack(orphans) }
