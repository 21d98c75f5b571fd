-- Reads many value records at once. KEYS 1 values; ARGV value keys
-- Returns per value key: {} or the record as `plan` answers it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local packed = redis.call('HMGET', KEYS[1], unpack(ARGV))
local reply = {}
for n = 1, #ARGV do
  local item = {}
  if packed[n] then
    local record = cmsgpack.unpack(packed[n])
    item = {
      record.i and tostring(record.i) or '', record.n and tostring(record.n) or '', record.h or '',
      record.o or record.n and 'p' or '',
      record.t and tostring(now - record.t * 1000) or '', '',
    }
    local owners = 0
    for owner, contribution in pairs(record.w) do
      item[#item + 1] = owner
      item[#item + 1] = contribution
      owners = owners + 1
    end
    item[6] = tostring(owners)
    for _, text in ipairs(record.f or {}) do item[#item + 1] = text end
  end
  reply[n] = item
end
return reply
