-- Ends the search for a name.
-- KEYS  1 wanted, 2 awaited, 3 payloads
-- ARGV  1 author, 2 until when (ms) it is not asked for again; 0: it is not wanted any
--       more, unless somebody waits for it
-- Returns how many entities waited.
local from, to = '[' .. ARGV[1] .. ' ', '(' .. ARGV[1] .. '!'
local awaited = redis.call('ZRANGEBYLEX', KEYS[2], from, to)
if ARGV[2] == '0' then
  if #awaited == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end
  return #awaited
end
for _, member in ipairs(awaited) do
  redis.call('ZREM', KEYS[2], member)
  redis.call('HDEL', KEYS[3], string.sub(member, #ARGV[1] + 2))
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return #awaited
