-- Runs commands, unless the role of whoever asks is another's by now.
-- KEYS  1 key of the role (only with a token), then all that the commands touch
-- ARGV  1 token of the role or '', then per command: how many words it has, the words
-- Returns 1, or 0 where nothing was done
if ARGV[1] ~= '' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local at = 2
while at <= #ARGV do
  local words = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + words))
  at = at + words + 1
end
return 1
