-- Opens or prolongs a hold in one step: jobs that fail at the same moment are one hold.
-- KEYS  1 holds
-- ARGV  1 kind, 2 reason, 3 by whom, 4 for how many ms ('' = until somebody resumes)
-- Returns the hold as JSON
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[1])
before = before and cjson.decode(before) or {}
local hold = {
  reason = ARGV[2],
  by = ARGV[3],
  since = before.since or now,
  times = (before.times or 0) + 1,
}
-- Left out where there is none: cjson would read a null as a value.
if ARGV[4] ~= '' then hold['until'] = now + tonumber(ARGV[4]) end
local json = cjson.encode(hold)
redis.call('HSET', KEYS[1], ARGV[1], json)
return json
