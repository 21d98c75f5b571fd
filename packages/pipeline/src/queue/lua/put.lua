-- Writes the newest state of entities into their slots (law L2).
-- KEYS  1 pending, 2 dead, 3 bindings, then per entity: slot, tombstone
-- ARGV  1 force (1 = overwrite whatever version is there), then per entity:
--       entity id, version ms, version seq, operation, payload
-- Returns per entity: 1 written; 2 not newer, but the state there is unsettled
-- (its job may be missing after a crash, so the caller adds one); 0 nothing to do.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local force = ARGV[1] == '1'

local function isNewer(ms, seq, than)
  local thanMs, thanSeq = string.match(than, '^(%d+)-(%d+)$')
  thanMs, thanSeq = tonumber(thanMs), tonumber(thanSeq)
  return ms > thanMs or (ms == thanMs and seq > thanSeq)
end

-- A binding is a list: version, why it was skipped or '', keys of its values.
local function appliedVersion(entity, tombstone)
  local binding = redis.call('HGET', KEYS[3], entity)
  if binding then return string.match(binding, '^%["(%d+%-%d+)"') end
  return redis.call('HGET', tombstone, 'v')
end

local results = {}
local arg = 2
for key = 4, #KEYS, 2 do
  local slot, tombstone = KEYS[key], KEYS[key + 1]
  local entity = ARGV[arg]
  local ms, seq = tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  local held = redis.call('HGET', slot, 'v')
  local known = held or appliedVersion(entity, tombstone)
  local result = 0
  if force or not known or isNewer(ms, seq, known) then
    redis.call('HSET', slot, 'v', ARGV[arg + 1] .. '-' .. ARGV[arg + 2], 'op', ARGV[arg + 3], 'p', ARGV[arg + 4])
    if force then redis.call('HSET', slot, 'f', '1') end
    redis.call('ZREM', KEYS[2], entity)
    -- LT keeps the older time: the age of the oldest undelivered state.
    redis.call('ZADD', KEYS[1], 'LT', now, entity)
    result = 1
  elseif held and not redis.call('ZSCORE', KEYS[2], entity) then
    result = 2
  end
  results[#results + 1] = result
  arg = arg + 5
end
return results
