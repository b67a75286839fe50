-- Notes that a node serves a room, and the node itself, so that one that dies before its first beat is found too.
--
-- KEYS[1]  seen   as in beat.lua
-- KEYS[2]  rooms  set: names of the rooms that the node serves
-- ARGV[1]  node
-- ARGV[2]  name of the room
--
-- Replies  {'noted'}

local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[1])
redis.call('SADD', KEYS[2], ARGV[2])
return {'noted'}
