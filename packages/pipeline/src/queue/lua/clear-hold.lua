-- Ends a hold. After a storm of deletes those that waited are wanted: they are let
-- through by the time at which their states came, and counting begins anew.
-- KEYS  1 holds, 2 deletes, 3 deletes wanted
-- ARGV  1 kind
-- Returns 1 if there was such a hold.
local cleared = redis.call('HDEL', KEYS[1], ARGV[1])
if cleared == 1 and ARGV[1] == 'delete-storm' then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[3], time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('DEL', KEYS[2])
end
return cleared
