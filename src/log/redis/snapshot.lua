-- Keeps a snapshot if it belongs to the current history and is newer than the kept one, and trims the log. Never moves the head.
--
-- KEYS[1]  head      as in append.lua
-- KEYS[2]  log       as in append.lua
-- KEYS[3]  snapshot  as in append.lua
-- ARGV[1]  epoch
-- ARGV[2]  seq
-- ARGV[3]  token of the commit that ended at seq
-- ARGV[4]  body
-- ARGV[5]  how many events to keep up to seq; the commit that this cuts is kept whole
--
-- Replies  {'kept'}
--          {'refused'}   no such room, another epoch, not newer, or not of this history

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'token')
local seq = tonumber(ARGV[2])
if head[1] ~= ARGV[1] then return {'refused'} end

local kept = redis.call('HMGET', KEYS[3], 'epoch', 'seq')
if kept[1] == ARGV[1] and tonumber(kept[2]) >= seq then return {'refused'} end

local function id(n) return string.format('%.0f-0', n) end

local token
if tonumber(head[2]) == seq then
  token = head[3]
else
  local next_entry = redis.call('XRANGE', KEYS[2], id(seq + 1), id(seq + 1))[1]
  if next_entry and next_entry[2][1] == 'c' then token = next_entry[2][4] end
end
if token ~= ARGV[3] then return {'refused'} end

redis.call('HSET', KEYS[3], 'epoch', ARGV[1], 'seq', ARGV[2], 'token', ARGV[3], 'body', ARGV[4])
local at = redis.call('PEXPIRETIME', KEYS[1])
if at > 0 then redis.call('PEXPIREAT', KEYS[3], at) end

local oldest = seq - ARGV[5] + 1
if oldest > 1 then
  local entry = redis.call('XRANGE', KEYS[2], id(oldest), id(oldest))[1]
  if entry and entry[2][1] == 'i' then oldest = oldest - entry[2][2] end
  redis.call('XTRIM', KEYS[2], 'MINID', id(oldest))
end
return {'kept'}
