-- After a push: records what XSOAR holds now, frees the values, and clears the
-- slot if nothing newer came and no late request can undo it (laws L3, L4, L5).
-- KEYS  1 slot, 2 tombstone, 3 bindings, 4 values, 5 pending, 6 dead, 7 failures, 8 left
-- ARGV  1 token, 2 entity id, 3 version pushed, 4 keys of the values it has now (JSON),
--       5 skip reason or '', 6 tombstone ms, 7 lease ms, 8 answered (1 = XSOAR was asked and answered),
--       then per value: key, id, version, hash, outcome (p present, x excluded, a absent, l left)
-- Returns {'lost'} | {'newer'}: to be pushed again | {'provisional', due ms} | {'settled', failed job id or ''}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, entity, version, skip = ARGV[1], ARGV[2], ARGV[3], ARGV[5]

if ARGV[8] == '1' then redis.call('DEL', KEYS[7]) end -- the row of failures is over

local s = redis.call('HMGET', KEYS[1], 'v', 'lt', 'tk', 'fj', 'ls')
if s[2] ~= token then
  -- A lost lease means that another push may have come after ours: then the
  -- records say what that push says.
  if s[1] then redis.call('ZADD', KEYS[5], 'LT', now, entity) end
  return { 'lost' }
end
-- Without its plan nobody would know of the contribution: a Redis that lost its last
-- moment (a failover) may have lost the plan and kept the lease. Then all is done again.
local records = {}
for arg = 9, #ARGV, 5 do
  local packed = redis.call('HGET', KEYS[4], ARGV[arg])
  local record = packed and cmsgpack.unpack(packed)
  if not record or record.lt ~= token then
    redis.call('HSET', KEYS[1], 'lx', now + tonumber(ARGV[7]))
    return { 'newer' }
  end
  records[arg] = record
end

-- A window that was open when this push began means: a late request may land
-- after it. Then everything that it could bring back stays known, for the push
-- that comes after the window.
local late = tonumber(s[3] or 0)
if late <= tonumber(s[5] or 0) then late = 0 end

-- XSOAR's usual ids are shorter so (textOfId in with/record-item.lua reads them): a short number as one, 32 hex
-- digits as a NUL, which no text of an id has, and 16 bytes.
local function packId(id)
  if #id < 10 and string.match(id, '^[1-9]%d*$') then return tonumber(id) end
  if #id ~= 32 or string.match(id, '[^0-9a-f]') then return id end
  return '\0' .. string.gsub(id, '..', function(digits) return string.char(tonumber(digits, 16)) end)
end

for arg = 9, #ARGV, 5 do
  local record = records[arg]
  local present, left = ARGV[arg + 4] ~= 'a', ARGV[arg + 4] == 'l'
  record.lt, record.lx, record.t = nil, nil, math.ceil(now / 1000)
  record.i, record.n, record.h, record.o = nil, nil, nil, nil
  if present then
    local id = ARGV[arg + 1]
    if id ~= '' then record.i = packId(id) end
    record.n, record.h = tonumber(ARGV[arg + 2]), ARGV[arg + 3]
    if ARGV[arg + 4] ~= 'p' or not record.n then record.o = ARGV[arg + 4] end
  end
  -- Nobody stands behind it, but it is still in XSOAR, with what was wanted of it:
  -- remembered for a return.
  if left then redis.call('ZADD', KEYS[8], now + tonumber(ARGV[6]), ARGV[arg]) end
  if late == 0 then
    if not left then record.f = nil end
    if not present then record.tk = nil end
  end
  if present or late > 0 or next(record.w) then
    redis.call('HSET', KEYS[4], ARGV[arg], cmsgpack.pack(record))
  else
    redis.call('HDEL', KEYS[4], ARGV[arg])
  end
end

local keys = cjson.decode(ARGV[4])
if late > 0 then
  local before = redis.call('HGET', KEYS[3], entity)
  if before then
    keys = cjson.decode(before)
    table.remove(keys, 1)
    table.remove(keys, 1)
  end
end
if #keys > 0 then
  table.insert(keys, 1, skip)
  table.insert(keys, 1, version)
  redis.call('HSET', KEYS[3], entity, cjson.encode(keys))
  redis.call('DEL', KEYS[2])
else
  -- An entity without values is remembered as long as the stream can repeat its past.
  redis.call('HDEL', KEYS[3], entity)
  redis.call('HSET', KEYS[2], 'v', version, 'skip', skip)
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
end

if s[1] ~= version then
  redis.call('HSET', KEYS[1], 'lx', now + tonumber(ARGV[7]))
  if late == 0 then redis.call('HDEL', KEYS[1], 'tk') end
  -- All that came before this push began is delivered: what is left is younger.
  if s[5] then redis.call('ZADD', KEYS[5], 'XX', s[5], entity) end
  return { 'newer' }
end
if late > 0 then
  redis.call('HDEL', KEYS[1], 'lt', 'lx')
  redis.call('ZREM', KEYS[6], entity)
  redis.call('ZADD', KEYS[5], late, entity)
  return { 'provisional', late }
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[5], entity)
redis.call('ZREM', KEYS[6], entity)
return { 'settled', s[4] or '' }
