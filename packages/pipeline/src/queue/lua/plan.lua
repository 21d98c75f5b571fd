-- Writes down what a push is about to do, before it does it: the entity's values
-- (so that a crash cannot orphan one), its contribution to each, and a lease on
-- each value, since two entities may share one. All or nothing. Records that hold one of the values
-- under another type are planned with them: they are one indicator of XSOAR (decision 0015).
-- KEYS  1 slot, 2 tombstone, 3 bindings, 4 values, 5 left
-- ARGV  1 token, 2 entity id, 3 the entity as records name it, 4 lease ms, 5 late window ms,
--       6 types that a value may have, with colons, 7 count of wanted, then per wanted: value key, contribution;
--       then the value keys that are dropped
-- Returns {'lost'} | {'busy', ms} | {'ok', per value key of ARGV: the record, see with/record-item.lua,
--       then per record of another type: value key, the record}
-- For the fields of a record see value-record.ts.
-- with: record-item
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, entity, me = ARGV[1], ARGV[2], ARGV[3]
local leaseMs, windowMs, wanted = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[7])

if redis.call('HGET', KEYS[1], 'lt') ~= token then return { 'lost' } end

local keys, contributions, packed = {}, {}, {}
local arg = 8
while arg <= #ARGV do
  local n = #keys + 1
  keys[n] = ARGV[arg]
  packed[ARGV[arg]] = false
  if n <= wanted then
    contributions[n] = ARGV[arg + 1]
    arg = arg + 1
  end
  arg = arg + 1
end
local given = #keys

for n = 1, given do
  local fields = { keys[n] }
  local value = ':' .. (string.match(keys[n], ':(.*)$') or keys[n])
  for kind in string.gmatch(ARGV[6], '[^:]+') do
    local other = kind .. value
    if packed[other] == nil then fields[#fields + 1] = other end
  end
  local found = redis.call('HMGET', KEYS[4], unpack(fields))
  packed[keys[n]] = found[1]
  for i = 2, #fields do
    if found[i] then
      keys[#keys + 1] = fields[i]
      packed[fields[i]] = found[i]
    end
  end
end

local records, late = {}, 0
for n = 1, #keys do
  local record = packed[keys[n]] and cmsgpack.unpack(packed[keys[n]]) or { w = {} }
  records[n] = record
  if record.lt and record.lt ~= token then
    if record.lx > now then return { 'busy', record.lx - now } end
    -- Taken over from the silent push of another entity, which may still land.
    record.tk = now + windowMs
  elseif record.tk and record.tk <= now then
    record.tk = nil
  end
  late = math.max(late, record.tk or 0)
end
-- A late request of another entity may undo what this push does to a value they
-- share: this settle is provisional then (law L5).
if late > now and late > tonumber(redis.call('HGET', KEYS[1], 'tk') or 0) then
  redis.call('HSET', KEYS[1], 'tk', late)
end

local binding = redis.call('HGET', KEYS[3], entity)
local known = binding and cjson.decode(binding)
if not known then
  local tombstone = redis.call('HMGET', KEYS[2], 'v', 'skip')
  known = { tombstone[1] or '', tombstone[2] or '' }
end
local bound = { known[1], known[2] }
for n = 1, #keys do bound[n + 2] = keys[n] end
redis.call('HSET', KEYS[3], entity, cjson.encode(bound))
redis.call('DEL', KEYS[2])

-- What was wanted until now is in XSOAR, or may be: it says which tags and fields
-- there are ours. A push that dies after XSOAR took it must not leave a tag that
-- nobody knows to be ours.
local MAX_FORMER = 32
local function keepFormer(record, contribution)
  local former = record.f or {}
  for i = 1, #former, 2 do
    if former[i] == me and former[i + 1] == contribution then
      table.remove(former, i)
      table.remove(former, i)
      break
    end
  end
  -- The last of them is what the entity wanted last, should it leave the value.
  former[#former + 1] = me
  former[#former + 1] = contribution
  while #former > 2 * MAX_FORMER do table.remove(former, 1) end
  record.f = former
end

local reply = { 'ok' }
for n = 1, #keys do
  local record = records[n]
  if record.o == 'l' then redis.call('ZREM', KEYS[5], keys[n]) end
  local before, after = record.w[me], contributions[n]
  if before and before ~= after then keepFormer(record, before) end
  record.w[me] = after
  if n > given then reply[#reply + 1] = keys[n] end
  reply[#reply + 1] = recordItem(record, now)
  record.lt, record.lx, record.t = token, now + leaseMs, math.ceil(now / 1000)
  -- From here until the settle nobody knows what XSOAR holds.
  record.h = nil
  redis.call('HSET', KEYS[4], keys[n], cmsgpack.pack(record))
end
return reply
