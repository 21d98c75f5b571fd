-- An entity's delivery failed for good: its state leaves pending for the dead
-- letters, unless a newer state came meanwhile (that one has a job of its own).
-- KEYS  1 slot, 2 pending, 3 dead
-- ARGV  1 entity id, 2 job id, 3 version that failed ('' = whatever is there)
-- Returns {'gone' | 'newer' | 'dead', id of an older failed job to remove or ''}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local s = redis.call('HMGET', KEYS[1], 'v', 'fj')
if not s[1] then return { 'gone', '' } end
local older = (s[2] and s[2] ~= ARGV[2]) and s[2] or ''
redis.call('HSET', KEYS[1], 'fj', ARGV[2])
if ARGV[3] ~= '' and s[1] ~= ARGV[3] then return { 'newer', older } end
redis.call('HDEL', KEYS[1], 'n')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
return { 'dead', older }
