-- Opens or prolongs a hold in one step. Jobs that fail at the same moment are one hold,
-- and one failure of it: only what comes when its time is up, a probe, makes it longer.
-- KEYS  1 holds
-- ARGV  1 kind, 2 reason, 3 by whom, 4 for how many ms ('' = until somebody resumes)
-- Returns {the hold as JSON, 1 if it was opened or prolonged, 0 if it stood already}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kind, forMs = ARGV[1], tonumber(ARGV[4])
local ends = forMs and now + forMs
local json = redis.call('HGET', KEYS[1], kind)
local before = json and cjson.decode(json) or {}

-- An operator means what he says, also where it is less.
if kind ~= 'operator' and ends and before['until'] and before['until'] > now then
  -- XSOAR may have asked one of them for more.
  if ends > before['until'] then
    before['until'] = ends
    json = cjson.encode(before)
    redis.call('HSET', KEYS[1], kind, json)
  end
  return { json, 0 }
end

-- `until` is left out where there is none: cjson would read a null as a value.
json = cjson.encode({
  reason = ARGV[2],
  by = ARGV[3],
  since = before.since or now,
  times = (before.times or 0) + 1,
  ['until'] = ends or nil,
})
redis.call('HSET', KEYS[1], kind, json)
return { json, 1 }
