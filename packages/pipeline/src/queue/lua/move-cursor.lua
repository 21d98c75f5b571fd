-- Moves the cursor by compare-and-set (law L9).
-- KEYS  1 cursor, 2 pending
-- ARGV  1 the value that this ingest wrote or read last ('' = none), 2 the new value
-- Returns {1 moved | 0 refused, the value that is there, count of pending entities}
local current = redis.call('GET', KEYS[1]) or ''
local pending = redis.call('ZCARD', KEYS[2])
if current == ARGV[2] then return { 1, current, pending } end
if current ~= ARGV[1] then return { 0, current, pending } end
redis.call('SET', KEYS[1], ARGV[2])
return { 1, ARGV[2], pending }
