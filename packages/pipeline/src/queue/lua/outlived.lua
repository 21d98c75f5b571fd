-- One page of the dead letters that nobody needs any more: their entity was
-- delivered, but a worker died between the failure of the job and its note, so
-- that the delivery did not know of it.
-- KEYS  1 the queue's failed set
-- ARGV  1 offset, 2 page size, 3 prefix of slots, 4 prefix of BullMQ's jobs
-- Returns {jobs looked at, ids of jobs whose entity has no slot...}
-- `deid` is BullMQ's name for the id that a job was deduplicated by: our entity.
local offset, size = tonumber(ARGV[1]), tonumber(ARGV[2])
local page = redis.call('ZRANGE', KEYS[1], offset, offset + size - 1)
local reply = { #page }
for _, job in ipairs(page) do
  local entity = redis.call('HGET', ARGV[4] .. job, 'deid')
  if entity and redis.call('EXISTS', ARGV[3] .. entity) == 0 then reply[#reply + 1] = job end
end
return reply
