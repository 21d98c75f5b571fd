-- One page of the values that stayed in XSOAR when their last entity went, and that
-- nobody came back to for long enough: what was known of them goes.
-- KEYS  1 left, 2 values
-- ARGV  1 page size
-- Returns how many were looked at.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, key in ipairs(due) do
  redis.call('ZREM', KEYS[1], key)
  local packed = redis.call('HGET', KEYS[2], key)
  local record = packed and cmsgpack.unpack(packed)
  if record and record.o == 'l' and not record.lt then redis.call('HDEL', KEYS[2], key) end
end
return #due
