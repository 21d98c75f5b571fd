-- Gives up the undelivered state of dead letters: the slot goes, the binding
-- remembers the state's version, so that neither the sweeper nor a replay of its
-- event brings it back; only a newer event does (law L2).
-- What the binding says of values stays: a push that failed may have reached XSOAR,
-- and a later delete must still find what it left there.
-- KEYS  1 pending, 2 dead, 3 bindings, then per entity: slot, tombstone
-- ARGV  1 tombstone ms, 2 what the binding says of it ('discarded' | 'dropped'), then per entity: entity id, job id, version that failed ('' = unknown)
-- Returns per entity a kind and a detail:
--   'discarded', its dead letter's job if that is another one, or ''
--   'gone', ''         nothing is undelivered
--   'newer', ''        a newer state, or a retry, is on its way
--   'busy', ms         a push is under way, or a late request of one may still land
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local results = {}
local arg = 3
for key = 4, #KEYS, 2 do
  local slot, tombstone = KEYS[key], KEYS[key + 1]
  local entity, job, failed = ARGV[arg], ARGV[arg + 1], ARGV[arg + 2]
  local s = redis.call('HMGET', slot, 'v', 'fj', 'jid', 'lt', 'lx', 'tk', 'op')
  local kind, detail = 'discarded', ''
  -- A failed job that nobody buried yet is a dead letter as well.
  local unburied = s[2] ~= job and (failed ~= '' and failed == s[1] or failed == '' and s[3] == job)
  if not s[1] then
    redis.call('ZREM', KEYS[2], entity)
    kind = 'gone'
  elseif not redis.call('ZSCORE', KEYS[2], entity) and not unburied then
    if s[2] == job then redis.call('HDEL', slot, 'fj') end
    kind = 'newer'
  elseif s[4] and tonumber(s[5]) > now then
    kind, detail = 'busy', tonumber(s[5]) - now
  elseif s[6] and tonumber(s[6]) > now then
    kind, detail = 'busy', tonumber(s[6]) - now
  else
    if s[2] and s[2] ~= job then detail = s[2] end
    -- OpenCTI cannot tell later that a delete was dropped.
    local note = ARGV[2]
    if note == 'dropped' and s[7] == 'delete' then note = 'dropped-delete' end
    local binding = redis.call('HGET', KEYS[3], entity)
    if binding then
      local known = cjson.decode(binding)
      known[1], known[2] = s[1], note
      redis.call('HSET', KEYS[3], entity, cjson.encode(known))
    else
      redis.call('HSET', tombstone, 'v', s[1], 'skip', note)
      redis.call('PEXPIRE', tombstone, ARGV[1])
    end
    redis.call('DEL', slot)
    redis.call('ZREM', KEYS[1], entity)
    redis.call('ZREM', KEYS[2], entity)
  end
  results[#results + 1] = kind
  results[#results + 1] = detail
  arg = arg + 3
end
return results
