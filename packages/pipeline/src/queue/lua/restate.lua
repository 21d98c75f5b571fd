-- Puts states that are to be delivered again whatever is known of them, unless a
-- newer state is known or a push is under way (it would settle our state unseen).
-- KEYS  1 pending, 2 dead, 3 bindings, then per entity: slot, tombstone
-- ARGV  per entity: entity id, version ms, version seq, operation, payload
-- Returns per entity a kind and a detail:
--   'written', ''; 'newer', the version that is known; 'busy', ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function isNewer(version, ms, seq)
  local theirMs, theirSeq = string.match(version, '^(%d+)-(%d+)$')
  theirMs, theirSeq = tonumber(theirMs), tonumber(theirSeq)
  return theirMs > ms or (theirMs == ms and theirSeq > seq)
end

-- A binding is a list: version, why it was skipped or '', keys of its values.
local function appliedVersion(entity, tombstone)
  local binding = redis.call('HGET', KEYS[3], entity)
  if binding then return string.match(binding, '^%["(%d+%-%d+)"') end
  return redis.call('HGET', tombstone, 'v')
end

local results = {}
local arg = 1
for key = 4, #KEYS, 2 do
  local slot, tombstone = KEYS[key], KEYS[key + 1]
  local entity = ARGV[arg]
  local s = redis.call('HMGET', slot, 'v', 'lt', 'lx')
  local known = s[1] or appliedVersion(entity, tombstone)
  local kind, detail = 'written', ''
  if known and isNewer(known, tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])) then
    kind, detail = 'newer', known
  elseif s[2] and tonumber(s[3]) > now then
    kind, detail = 'busy', tonumber(s[3]) - now
  else
    redis.call('HSET', slot, 'v', ARGV[arg + 1] .. '-' .. ARGV[arg + 2], 'op', ARGV[arg + 3],
      'p', ARGV[arg + 4], 'f', '1')
    redis.call('HDEL', slot, 'q') -- whoever asked for it waits for it
    -- No event of the stream brought this state: it is not the work of the trace that lies there.
    redis.call('HDEL', slot, 'tr', 'to')
    redis.call('HDEL', slot, 'jid') -- nor has a job tried it since it was asked for
    redis.call('ZREM', KEYS[2], entity)
    redis.call('ZADD', KEYS[1], 'LT', now, entity)
  end
  results[#results + 1] = kind
  results[#results + 1] = detail
  arg = arg + 5
end
return results
