-- Takes notes away that were reported, unless a newer word of the entity came meanwhile.
-- KEYS  1 outbox, 2 reports
-- ARGV  per note: entity id, the note as it was read
-- Returns how many were taken away.
local dropped = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[1], ARGV[i])
    dropped = dropped + 1
  end
end
return dropped
