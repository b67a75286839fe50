-- Says that a node lives, and lists those that have been silent.
--
-- KEYS[1]  seen   sorted set: node -> when it was last heard of, in epoch ms of the server
-- KEYS[2]  known  set: nodes that have beaten and have not been forgotten since
-- ARGV[1]  node
-- ARGV[2]  for how long a node may be silent, in ms
--
-- Replies  {'known', now in epoch ms, {silent nodes}}
--          {'new', now in epoch ms, {silent nodes}}     the first beat, or the first after the node was forgotten

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = string.format('%.0f', now)
redis.call('ZADD', KEYS[1], text, ARGV[1])
local tag = redis.call('SADD', KEYS[2], ARGV[1]) == 1 and 'new' or 'known'
return {tag, text, redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[2]))}
