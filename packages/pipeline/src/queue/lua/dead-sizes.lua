-- One page of the dead letters with what each takes, the oldest first.
-- KEYS  1 dead
-- ARGV  1 offset, 2 page size, 3 prefix of slots, 4 prefix of BullMQ's jobs
-- Returns per entity: entity, when it failed for good, bytes, its failed job or '', version
-- Bytes: what is stored of it, and 700 for names, indexes and overhead (measured: 600 to 800).
local offset, size = tonumber(ARGV[1]), tonumber(ARGV[2])
local page = redis.call('ZRANGE', KEYS[1], offset, offset + size - 1, 'WITHSCORES')
local reply = {}
for i = 1, #page, 2 do
  local slot = ARGV[3] .. page[i]
  local s = redis.call('HMGET', slot, 'v', 'fj')
  local bytes = 700 + redis.call('HSTRLEN', slot, 'p')
  if s[2] then
    local job = ARGV[4] .. s[2]
    bytes = bytes + redis.call('HSTRLEN', job, 'data') + redis.call('HSTRLEN', job, 'stacktrace')
      + redis.call('HSTRLEN', job, 'failedReason')
  end
  reply[#reply + 1] = page[i]
  reply[#reply + 1] = page[i + 1]
  reply[#reply + 1] = bytes
  reply[#reply + 1] = s[2] or ''
  reply[#reply + 1] = s[1] or ''
end
return reply
