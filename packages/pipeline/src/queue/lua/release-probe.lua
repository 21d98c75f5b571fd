-- Lets another job probe. A hold that was cleared meanwhile stays cleared.
-- KEYS  1 holds
-- ARGV  1 kind
local json = redis.call('HGET', KEYS[1], ARGV[1])
if not json then return end
local hold = cjson.decode(json)
hold.probe, hold.probeUntil = nil, nil
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(hold))
