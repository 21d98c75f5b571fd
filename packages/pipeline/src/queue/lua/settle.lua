-- After a push: records what XSOAR holds now, frees the values, and clears the
-- slot if nothing newer came and no late request can undo it (laws L3, L4, L5).
-- KEYS  1 slot, 2 binding, 3 pending, 4 dead, 5 failures, then value records
-- ARGV  1 token, 2 entity id, 3 version pushed, 4 values of the binding (JSON),
--       5 skip reason or '', 6 tombstone ms, 7 lease ms, 8 answered (1 = XSOAR was asked and answered),
--       then per value: id, version, hash, written, outcome
-- Returns {'lost'} | {'newer'} | {'provisional', due ms} | {'settled', failed job id or ''}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token, entity, version = ARGV[1], ARGV[2], ARGV[3]

if ARGV[8] == '1' then redis.call('DEL', KEYS[5]) end -- the row of failures is over

local s = redis.call('HMGET', KEYS[1], 'v', 'lt', 'tk', 'fj', 'ls')
local mine = s[2] == token
-- A window that was open when this push began means: a late request may land
-- after it. Then everything that it could bring back stays known, for the push
-- that comes after the window.
local late = tonumber(s[3] or 0)
if late <= tonumber(s[5] or 0) then late = 0 end
local arg = 9
for key = 6, #KEYS do
  -- A lost lease means that another push may have come after ours: then the
  -- record says what that push says.
  if mine and redis.call('HGET', KEYS[key], 'lt') == token then
    redis.call('HDEL', KEYS[key], 'lt', 'lx')
    if ARGV[arg + 4] == 'absent' then
      redis.call('HDEL', KEYS[key], 'id', 'ver', 'h', 'out')
      if late == 0 then redis.call('HDEL', KEYS[key], 'w', 'val', 'tk') end
    else
      redis.call('HSET', KEYS[key], 'id', ARGV[arg], 'ver', ARGV[arg + 1], 'h', ARGV[arg + 2],
        'out', ARGV[arg + 4])
      if late == 0 then redis.call('HSET', KEYS[key], 'w', ARGV[arg + 3]) end
    end
    if late == 0 then
      redis.call('HDEL', KEYS[key], 'last')
      -- Nobody stands behind it, but it is still in XSOAR: remembered for a return.
      if ARGV[arg + 4] == 'left' then redis.call('PEXPIRE', KEYS[key], ARGV[6]) end
    end
  end
  arg = arg + 5
end

if not mine then
  if s[1] then redis.call('ZADD', KEYS[3], 'LT', now, entity) end
  return { 'lost' }
end

redis.call('HSET', KEYS[2], 'v', version)
if late == 0 then redis.call('HSET', KEYS[2], 'values', ARGV[4]) end
if ARGV[5] == '' then redis.call('HDEL', KEYS[2], 'skip') else redis.call('HSET', KEYS[2], 'skip', ARGV[5]) end
-- An entity without values is remembered as long as the stream can repeat its past.
if late == 0 and ARGV[4] == '[]' then redis.call('PEXPIRE', KEYS[2], ARGV[6]) end

if s[1] ~= version then
  redis.call('HSET', KEYS[1], 'lx', now + tonumber(ARGV[7]))
  if late == 0 then redis.call('HDEL', KEYS[1], 'tk') end
  return { 'newer' }
end
if late > 0 then
  redis.call('HDEL', KEYS[1], 'lt', 'lx')
  redis.call('ZREM', KEYS[4], entity)
  redis.call('ZADD', KEYS[3], late, entity)
  return { 'provisional', late }
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[3], entity)
redis.call('ZREM', KEYS[4], entity)
return { 'settled', s[4] or '' }
