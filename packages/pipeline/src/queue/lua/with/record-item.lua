-- The text of an id as `settle` packs it.
local function textOfId(id)
  if not id then return '' end
  if string.byte(id) ~= 0 then return tostring(id) end
  return (string.gsub(string.sub(id, 2), '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

-- A value record as scripts answer it (readRecord in value-record.ts): id, version, hash,
-- outcome, ms since the last write, count of owners, then owner, contribution..., then the
-- owner and contribution of former states.
local function recordItem(record, now)
  local item = {
    textOfId(record.i), record.n and tostring(record.n) or '', record.h or '',
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
  return item
end
