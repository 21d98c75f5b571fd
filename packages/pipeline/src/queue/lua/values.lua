-- Reads value records. KEYS 1 values; ARGV value keys
-- Returns per value key: {} or the record, see with/record-item.lua.
-- with: record-item
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local packed = redis.call('HMGET', KEYS[1], unpack(ARGV))
local reply = {}
for n = 1, #ARGV do
  reply[n] = packed[n] and recordItem(cmsgpack.unpack(packed[n]), now) or {}
end
return reply
