-- An entity's delivery failed for good: its state leaves pending for the dead
-- letters, unless a newer state came meanwhile (that one has a job of its own).
-- KEYS  1 slot, 2 pending, 3 dead, 4 failures
-- ARGV  1 entity id, 2 job id, 3 version that failed ('' = nobody noted it: the one that the job began last)
-- Returns {'gone' | 'newer' | 'dead', id of an older failed job to remove or ''}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local s = redis.call('HMGET', KEYS[1], 'v', 'fj', 'jid')
if not s[1] then return { 'gone', '' } end
local older = (s[2] and s[2] ~= ARGV[2]) and s[2] or ''
redis.call('HSET', KEYS[1], 'fj', ARGV[2])
-- A job that noted nothing failed with what it began, unless that was replaced since.
local same
if ARGV[3] == '' then same = s[3] == ARGV[2] else same = s[1] == ARGV[3] end
if not same then return { 'newer', older } end
-- The row of failures was its own: it is given up with it, and says nothing of the next entity's.
local r = redis.call('HMGET', KEYS[4], 'e', 'o')
if r[1] == ARGV[1] and not r[2] then redis.call('DEL', KEYS[4]) end
redis.call('HDEL', KEYS[1], 'n')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
return { 'dead', older }
