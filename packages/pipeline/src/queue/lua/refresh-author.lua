-- The name of an author is known now: makes an entity that went without it dirty
-- again, with the state that it had, unless a newer one came (which looks the name
-- up itself) or its push is still under way (then the caller comes again).
-- KEYS  1 slot, 2 bindings, 3 pending, 4 awaited, 5 payloads
-- ARGV  1 author, 2 entity id
-- Returns 'queued' (it needs a job) | 'busy' | 'over'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waits = redis.call('HGET', KEYS[5], ARGV[2])
local space = waits and string.find(waits, ' ', 1, true)
local version = space and string.sub(waits, 1, space - 1)
local s = redis.call('HMGET', KEYS[1], 'v', 'lt', 'lx')
if version and s[1] == version and s[2] and tonumber(s[3] or 0) > now then return 'busy' end

redis.call('ZREM', KEYS[4], ARGV[1] .. ' ' .. ARGV[2])
redis.call('HDEL', KEYS[5], ARGV[2])
if not version or s[1] then return 'over' end
-- Only one with values is there; its list begins with the version.
local binding = redis.call('HGET', KEYS[2], ARGV[2])
if not binding or cjson.decode(binding)[1] ~= version then return 'over' end
redis.call('HSET', KEYS[1], 'v', version, 'op', 'upsert', 'p', string.sub(waits, space + 1))
redis.call('ZADD', KEYS[3], 'LT', now, ARGV[2])
return 'queued'
