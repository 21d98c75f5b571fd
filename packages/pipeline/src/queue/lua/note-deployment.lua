-- Notes what became of an entity, to be reported to OpenCTI. The newest word of an
-- entity counts; beyond the bound the oldest notes go.
-- KEYS  1 outbox, 2 reports, 3 off
-- ARGV  1 entity id, 2 version ms, 3 version seq (empty: not known), 4 report, 5 notes at most
-- Returns how many notes were dropped; -1: nothing is noted, since OpenCTI does not take reports.
if redis.call('EXISTS', KEYS[3]) == 1 then return -1 end
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known and ARGV[2] ~= '' then
  local ms, seq = string.match(known, '^(%d+)%-(%d+) ')
  ms, seq = tonumber(ms), tonumber(seq)
  local newMs, newSeq = tonumber(ARGV[2]), tonumber(ARGV[3])
  -- Of two workers the one with the older state may be the later to tell.
  if ms and (newMs < ms or (newMs == ms and newSeq < seq)) then return 0 end
end
local version = ARGV[2] == '' and '0-0' or ARGV[2] .. '-' .. ARGV[3]
redis.call('HSET', KEYS[2], ARGV[1], version .. ' ' .. ARGV[4])
local time = redis.call('TIME')
-- NX: an entity that changes all the time keeps its place in the row.
redis.call('ZADD', KEYS[1], 'NX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[5])
if over <= 0 then return 0 end
local oldest = redis.call('ZPOPMIN', KEYS[1], over)
for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[2], oldest[i]) end
return over
