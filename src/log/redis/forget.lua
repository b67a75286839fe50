-- Forgets a node and what it served, in one step.
--
-- KEYS[1]  seen   as in beat.lua
-- KEYS[2]  rooms  as in serve.lua
-- KEYS[3]  known  as in beat.lua
-- ARGV[1]  node
--
-- Replies  {'forgotten'}

redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
redis.call('SREM', KEYS[3], ARGV[1])
return {'forgotten'}
