-- A delivery goes out without its author's name: notes that the entity waits for it.
-- KEYS  1 authors, 2 wanted, 3 awaited, 4 payloads
-- ARGV  1 author, 2 entity id, 3 version, 4 payload, 5 entities that may wait at most
-- Returns {'known', name} | {'unknown'} (OpenCTI has said so lately) | {'full'} | {'noted'}
local name = redis.call('HGET', KEYS[1], ARGV[1])
if name then return { 'known', name } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
if due and tonumber(due) > now then return { 'unknown' } end
if redis.call('HEXISTS', KEYS[4], ARGV[2]) == 0 and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then
  return { 'full' }
end
redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1] .. ' ' .. ARGV[2])
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3] .. ' ' .. ARGV[4])
return { 'noted' }
