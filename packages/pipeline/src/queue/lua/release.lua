-- Gives the lease back after a push that did not end in a settled state.
-- KEYS  1 slot, 2 pending, 3 failures, 4 values
-- ARGV  1 token, 2 entity id, 3 uncertain (1 = our request may still take effect), 4 late window ms,
--       5 failure class: 'outage' | 'answer' (XSOAR is there) | 'none' (no push happened), then value keys
-- Returns the row of outage failures before this one, and the failures of this entity.
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

local row = tonumber(redis.call('GET', KEYS[3]) or 0)
if ARGV[5] == 'outage' then redis.call('INCR', KEYS[3])
elseif ARGV[5] == 'answer' then redis.call('DEL', KEYS[3]) end

local s = redis.call('HMGET', KEYS[1], 'lt', 'tk', 'v')
if not s[3] then return { row, 0 } end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], 'tk', math.max(tonumber(s[2] or 0), now + tonumber(ARGV[4])))
end
if s[1] ~= token then return { row, 0 } end
redis.call('HDEL', KEYS[1], 'lt', 'lx')
if ARGV[5] == 'none' then return { row, 0 } end
return { row, redis.call('HINCRBY', KEYS[1], 'n', 1) }
