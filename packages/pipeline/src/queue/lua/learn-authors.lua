-- Stores names of authors. What was not learnt anew for long goes, and beyond the bound what was
-- learnt longest ago: an author that is met again is looked up again.
-- KEYS  1 authors, 2 learnt, 3 wanted
-- ARGV  1 names kept at most, 2 how long (ms); per name: author, name
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Versions before this one kept no time: theirs begins now.
if redis.call('HLEN', KEYS[1]) > redis.call('ZCARD', KEYS[2]) then
  for _, author in ipairs(redis.call('HKEYS', KEYS[1])) do
    redis.call('ZADD', KEYS[2], 'NX', now, author)
  end
end
for i = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[2], now, ARGV[i])
  -- XX: only one that is wanted; 0: due at any time.
  redis.call('ZADD', KEYS[3], 'XX', 0, ARGV[i])
end
local expired = redis.call('ZCOUNT', KEYS[2], '-inf', now - tonumber(ARGV[2]))
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[1])
for _ = 1, math.max(expired, over) do
  redis.call('HDEL', KEYS[1], redis.call('ZPOPMIN', KEYS[2])[1])
end
