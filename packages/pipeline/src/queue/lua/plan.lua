-- Writes down what a push is about to do, before it does it: the entity's values
-- (so that a crash cannot orphan one), its contribution to each, and a lease on
-- each value, since two entities may share one. All or nothing.
-- KEYS  1 slot, 2 binding, then the value records: first those wanted, then those dropped
-- ARGV  1 token, 2 entity id, 3 lease ms, 4 count of wanted, 5 values of the binding (JSON), 6 late window ms,
--       then per wanted: contribution, target (type and value, JSON), what will be ours in it (tags and fields, JSON)
-- Returns {'lost'} | {'busy', ms} | {'ok', per value: {id, hash, written, outcome, target, version, last, contributions...}}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, entity, leaseMs, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

if redis.call('HGET', KEYS[1], 'lt') ~= token then return { 'lost' } end
local late = 0
for key = 3, #KEYS do
  local lease = redis.call('HMGET', KEYS[key], 'lt', 'lx', 'tk')
  if lease[1] and lease[1] ~= token then
    if tonumber(lease[2]) > now then return { 'busy', tonumber(lease[2]) - now } end
    -- Taken over from the silent push of another entity, which may still land.
    late = now + tonumber(ARGV[6])
  end
  late = math.max(late, tonumber(lease[3] or 0))
end
-- A late request of another entity may undo what this push does to a value they
-- share: this settle is provisional then (law L5).
if late > now and late > tonumber(redis.call('HGET', KEYS[1], 'tk') or 0) then
  redis.call('HSET', KEYS[1], 'tk', late)
end

redis.call('HSET', KEYS[2], 'values', ARGV[5])
redis.call('PERSIST', KEYS[2])

-- What may be ours in XSOAR: what was ours, and what this push adds. A push that
-- dies after XSOAR took it must not leave a tag that nobody knows to be ours.
local function unite(before, adds)
  if not before or before == adds then return adds end
  local old, new = cjson.decode(before), cjson.decode(adds)
  for part = 1, 2 do
    local known = {}
    for _, name in ipairs(old[part]) do known[name] = true end
    for _, name in ipairs(new[part]) do
      if not known[name] then table.insert(old[part], name) end
    end
  end
  return cjson.encode(old)
end

local records = { 'ok' }
for key = 3, #KEYS do
  local index = key - 2
  local lease = redis.call('HMGET', KEYS[key], 'lt', 'tk')
  if lease[1] and lease[1] ~= token then
    redis.call('HSET', KEYS[key], 'tk', late)
  elseif lease[2] and tonumber(lease[2]) <= now then
    redis.call('HDEL', KEYS[key], 'tk')
  end
  redis.call('HSET', KEYS[key], 'lt', token, 'lx', now + leaseMs)
  if index <= wanted then
    local arg = 4 + 3 * index
    local written = unite(redis.call('HGET', KEYS[key], 'w'), ARGV[arg + 2])
    redis.call('HSET', KEYS[key], 'o:' .. entity, ARGV[arg], 'val', ARGV[arg + 1], 'w', written)
  else
    -- Kept until the settle: what is left of it in XSOAR may have to be edited with it.
    local mine = redis.call('HGET', KEYS[key], 'o:' .. entity)
    if mine then redis.call('HSET', KEYS[key], 'last', mine) end
    redis.call('HDEL', KEYS[key], 'o:' .. entity)
  end
  redis.call('PERSIST', KEYS[key])
  local fields = redis.call('HGETALL', KEYS[key])
  local record = { '', '', '[]', '', '', '', '' }
  for i = 1, #fields, 2 do
    local name = fields[i]
    if name == 'id' then record[1] = fields[i + 1]
    elseif name == 'h' then record[2] = fields[i + 1]
    elseif name == 'w' then record[3] = fields[i + 1]
    elseif name == 'out' then record[4] = fields[i + 1]
    elseif name == 'val' then record[5] = fields[i + 1]
    elseif name == 'ver' then record[6] = fields[i + 1]
    elseif name == 'last' then record[7] = fields[i + 1]
    elseif string.sub(name, 1, 2) == 'o:' then record[#record + 1] = fields[i + 1]
    end
  end
  -- From here until the settle nobody knows what XSOAR holds.
  redis.call('HDEL', KEYS[key], 'h')
  records[#records + 1] = record
end
return records
