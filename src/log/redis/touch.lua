-- Sets how long a room lives from now: all its keys to the same millisecond. A room that does not exist stays so.
--
-- KEYS[1]  head      as in append.lua
-- KEYS[2]  log       as in append.lua
-- KEYS[3]  snapshot  as in append.lua
-- ARGV[1]  life in ms, or empty: for ever
--
-- Replies  {'touched'}

if ARGV[1] == '' then
  for _, key in ipairs(KEYS) do redis.call('PERSIST', key) end
else
  local now = redis.call('TIME')
  local at = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[1])
  for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, at) end
end
return {'touched'}
