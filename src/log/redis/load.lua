-- Reads a room whole, in one atomic step. Writes nothing.
--
-- KEYS[1]  head      as in append.lua
-- KEYS[2]  log       as in append.lua
-- KEYS[3]  snapshot  as in append.lua
--
-- Replies  {'missing'}
--          {'tail', epoch, seq, token, entries}                                      no snapshot: entries from the first on
--          {'snapshot', epoch, seq, token, entries, snapshot seq, token, body}       entries after the snapshot

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'token')
if not head[1] then return {'missing'} end

local snapshot = redis.call('HMGET', KEYS[3], 'epoch', 'seq', 'token', 'body')
if snapshot[1] ~= head[1] then
  return {'tail', head[1], head[2], head[3], redis.call('XRANGE', KEYS[2], '-', '+')}
end
local after = string.format('%.0f-0', snapshot[2] + 1)
return {'snapshot', head[1], head[2], head[3], redis.call('XRANGE', KEYS[2], after, '+'), snapshot[2], snapshot[3], snapshot[4]}
