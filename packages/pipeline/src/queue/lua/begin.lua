-- Takes the slot's lease before a push (law L3), unless deliveries are held.
-- KEYS  1 slot, 2 tombstone, 3 holds, 4 bindings, 5 deletes, 6 deletes wanted, 7 pending
-- ARGV  1 token, 2 lease ms, 3 job id, 4 late window ms, 5 entity id, then, where deletes are guarded:
--       6 deletes let through in a window, 7 window ms, 8 reason of the hold, 9 by whom
-- Returns {'noop'} | {'debounced', ms} | {'delete-held', opened just now (1 | 0)} | {'held', kind, wait ms (-1: until somebody resumes)} | {'busy', ms}
--       | {'ok', version, operation, payload, force, provisional, binding or '', probed kinds with commas, failures, taken over,
--       trace or '', states that the trace's event made obsolete}
-- force: 0 no, 1 a resync, 2 a late request may have undone what is known
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, leaseMs = ARGV[1], tonumber(ARGV[2])

local s = redis.call('HMGET', KEYS[1], 'v', 'op', 'p', 'lt', 'lx', 'tk', 'f', 'n', 'q', 'tr', 'to')
if not s[1] then return { 'noop' } end

local leaseEnds = tonumber(s[5] or 0)
if s[4] and s[4] ~= token and leaseEnds > now then return { 'busy', leaseEnds - now } end

-- It changes again and again: its newest state waits for the next one (debounce.ts).
local waits = tonumber(s[9] or 0)
if waits > now then return { 'debounced', waits - now } end

-- Deletes wait while they are held, and from the first that is one too many (delete-guard.ts).
-- The hold stands even where this worker has no guard: another opened it.
local counted = false
if s[2] == 'delete' then
  if redis.call('HEXISTS', KEYS[3], 'delete-storm') == 1 then return { 'delete-held', '0' } end
  local limit = tonumber(ARGV[6])
  if limit then
    local wanted = tonumber(redis.call('GET', KEYS[6]) or -1)
    local since = tonumber(redis.call('ZSCORE', KEYS[7], ARGV[5]) or now)
    if since > wanted and not redis.call('ZSCORE', KEYS[5], ARGV[5]) then
      redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now - tonumber(ARGV[7]))
      if redis.call('ZCARD', KEYS[5]) >= limit then
        redis.call('HSET', KEYS[3], 'delete-storm',
          cjson.encode({ reason = ARGV[8], by = ARGV[9], since = now, times = 1 }))
        return { 'delete-held', '1' }
      end
      counted = true
    end
  end
end

-- All holds are asked before one is probed: whoever is held after all probes none.
local probed, halfOpen = {}, {}
local holds = redis.call('HGETALL', KEYS[3])
for i = 1, #holds, 2 do
  if holds[i] ~= 'delete-storm' then
    local hold = cjson.decode(holds[i + 1])
    if not hold['until'] then return { 'held', holds[i], -1 } end
    if hold['until'] > now then return { 'held', holds[i], hold['until'] - now } end
    -- Half-open: its time is up, and one probe at a time may find out.
    if hold.probe and hold.probe ~= token and hold.probeUntil > now then
      return { 'held', holds[i], math.min(hold.probeUntil - now, 1000) }
    end
    probed[#probed + 1] = holds[i]
    halfOpen[#probed] = hold
  end
end
for i, kind in ipairs(probed) do
  halfOpen[i].probe = token
  halfOpen[i].probeUntil = now + leaseMs
  redis.call('HSET', KEYS[3], kind, cjson.encode(halfOpen[i]))
end

if counted then
  redis.call('ZADD', KEYS[5], now, ARGV[5])
  redis.call('PEXPIRE', KEYS[5], ARGV[7])
end

local late = tonumber(s[6] or 0)
local takenOver = s[4] and s[4] ~= token
if takenOver then
  -- Taken over from a silent holder: its request may still land (law L5).
  late = math.max(late, now + tonumber(ARGV[4]))
  redis.call('HSET', KEYS[1], 'tk', late)
end
redis.call('HSET', KEYS[1], 'lt', token, 'lx', now + leaseMs, 'ls', now, 'jid', ARGV[3])

-- A state that somebody may have overwritten behind our back is pushed even if
-- the binding says that nothing changed.
local force = late > 0 and '2' or s[7] and '1' or '0'
local binding = redis.call('HGET', KEYS[4], ARGV[5])
if not binding and redis.call('EXISTS', KEYS[2]) == 1 then binding = '["",""]' end
return { 'ok', s[1], s[2], s[3], force, late > now and '1' or '0', binding or '', table.concat(probed, ','), s[8] or '0',
  takenOver and '1' or '0', s[10] or '', s[11] or '0' }
