-- Dead letters that are tried again: their states are pending once more, so that
-- their age shows and the sweeper watches over them.
-- KEYS  1 pending, 2 dead, then slots
-- ARGV  entity ids
-- Returns how many left the dead letters.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local revived = 0
for key = 3, #KEYS do
  local entity = ARGV[key - 2]
  if redis.call('ZREM', KEYS[2], entity) == 1 then
    if redis.call('EXISTS', KEYS[key]) == 1 then
      redis.call('ZADD', KEYS[1], 'LT', now, entity)
      -- Its job may stay in the failed set, if whoever retries it dies now: the sweeper is to
      -- give the state another one, not to bury it again.
      redis.call('HDEL', KEYS[key], 'jid')
      revived = revived + 1
    end
  end
end
return revived
