-- Writes the newest state of entities into their slots (law L2).
-- KEYS  1 pending, 2 dead, 3 bindings, then per entity: slot, tombstone
-- ARGV  1 debounce ms (0: none), 2 longest debounce ms, then per entity:
--       entity id, version ms, version seq, operation, payload, and where traces are recorded
--       also: trace, states that this one made obsolete before it came here
-- Returns per entity: 1 written; 2 not newer, but the state there is unsettled
-- (its job may be missing after a crash, so the caller adds one); 0 nothing to do.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local debounce, longest = tonumber(ARGV[1]), tonumber(ARGV[2])

local function isNewer(ms, seq, than)
  local thanMs, thanSeq = string.match(than, '^(%d+)-(%d+)$')
  thanMs, thanSeq = tonumber(thanMs), tonumber(thanSeq)
  return ms > thanMs or (ms == thanMs and seq > thanSeq)
end

-- A binding is a list: version, why it was skipped or '', keys of its values.
local function versionIn(binding)
  return binding and string.match(binding, '^%["(%d+%-%d+)"')
end

-- Until when the push waits of an entity that changed again within the debounce of what XSOAR has,
-- or is being given; nil where it does not.
local function waitsUntil(entity, ms, waiting, base, underWay)
  if not waiting and not (base and ms - tonumber(string.match(base, '^%d+')) < debounce) then return nil end
  -- What came before goes with the push under way.
  local since = not underWay and tonumber(redis.call('ZSCORE', KEYS[1], entity)) or now
  return math.min(now + debounce, since + longest)
end

local results = {}
local arg = 3
local stride = (#ARGV - 2) / ((#KEYS - 3) / 2)
local traced = stride == 7
for key = 4, #KEYS, 2 do
  local slot, tombstone = KEYS[key], KEYS[key + 1]
  local entity, operation = ARGV[arg], ARGV[arg + 3]
  local ms, seq = tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  local s = redis.call('HMGET', slot, 'v', 'q', 'lx')
  local held = s[1]
  local bound = not held and versionIn(redis.call('HGET', KEYS[3], entity))
  local known = held or bound or redis.call('HGET', tombstone, 'v')
  local result = 0
  if not known or isNewer(ms, seq, known) then
    local waits
    if debounce > 0 and operation ~= 'delete' then
      local underWay = held and tonumber(s[3] or 0) > now
      waits = waitsUntil(entity, ms, s[2], underWay and held or bound, underWay)
    end
    if waits then redis.call('HSET', slot, 'q', waits) elseif s[2] then redis.call('HDEL', slot, 'q') end
    redis.call('HSET', slot, 'v', ARGV[arg + 1] .. '-' .. ARGV[arg + 2], 'op', operation, 'p', ARGV[arg + 4])
    -- No job has tried this state yet: the failure of an older one says nothing of it.
    if held then redis.call('HDEL', slot, 'jid') end
    if traced then
      -- The slot's state was not delivered yet; with its trace goes how many there were before.
      local obsolete = ARGV[arg + 6] + (held and redis.call('HGET', slot, 'to') or 0) + (held and 1 or 0)
      redis.call('HSET', slot, 'tr', ARGV[arg + 5])
      if obsolete > 0 then redis.call('HSET', slot, 'to', obsolete) end
    elseif held then
      redis.call('HDEL', slot, 'tr', 'to')
    end
    redis.call('ZREM', KEYS[2], entity)
    -- LT keeps the older time: the age of the oldest undelivered state.
    redis.call('ZADD', KEYS[1], 'LT', now, entity)
    result = 1
  elseif held and not redis.call('ZSCORE', KEYS[2], entity) then
    result = 2
  end
  results[#results + 1] = result
  arg = arg + stride
end
return results
