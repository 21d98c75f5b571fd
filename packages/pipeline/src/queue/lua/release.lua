-- Gives the lease back after a push that did not end in a settled state.
-- KEYS  1 slot, 2 pending, 3 failures, 4 values
-- ARGV  1 token, 2 entity id, 3 uncertain (1 = our request may still take effect), 4 late window ms,
--       5 failure class: 'outage' | 'answer' (XSOAR is there) | 'none' (no push happened), then value keys
-- Returns the row of outage failures before this one, the failures of this entity, and 1 if the
-- whole row is this entity's.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, entity = ARGV[1], ARGV[2]

for arg = 6, #ARGV do
  local packed = redis.call('HGET', KEYS[4], ARGV[arg])
  local record = packed and cmsgpack.unpack(packed)
  if record and record.lt == token then
    record.lt, record.lx, record.t = nil, nil, math.ceil(now / 1000)
    -- Others who share the value have to know, see plan.
    if ARGV[3] == '1' then record.tk = now + tonumber(ARGV[4]) end
    redis.call('HSET', KEYS[4], ARGV[arg], cmsgpack.pack(record))
  end
end

local r = redis.call('HMGET', KEYS[3], 'n', 'e', 'o')
local row, alone = tonumber(r[1] or 0), 0
if ARGV[5] == 'outage' then
  if not r[3] and (not r[2] or r[2] == entity) then alone = 1 end
  redis.call('HINCRBY', KEYS[3], 'n', 1)
  if not r[2] then redis.call('HSET', KEYS[3], 'e', entity)
  elseif alone == 0 and not r[3] then redis.call('HSET', KEYS[3], 'o', '1') end
elseif ARGV[5] == 'answer' then
  redis.call('DEL', KEYS[3])
end

local s = redis.call('HMGET', KEYS[1], 'lt', 'tk', 'v')
if not s[3] then return { row, 0, alone } end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], 'tk', math.max(tonumber(s[2] or 0), now + tonumber(ARGV[4])))
end
if s[1] ~= token then return { row, 0, alone } end
redis.call('HDEL', KEYS[1], 'lt', 'lx')
if ARGV[5] == 'none' then return { row, 0, alone } end
return { row, redis.call('HINCRBY', KEYS[1], 'n', 1), alone }
