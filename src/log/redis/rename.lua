-- Binds a customer's name to another room, if it is bound to the one that it is taken over from, or to none.
--
-- KEYS[1]  name  text: the room id behind the name
-- ARGV[1]  from  room id
-- ARGV[2]  to    room id
--
-- Replies  {'bound', room id}   the one that the name is bound to now

local bound = redis.call('GET', KEYS[1])
if bound and bound ~= ARGV[1] then return {'bound', bound} end
redis.call('SET', KEYS[1], ARGV[2])
return {'bound', ARGV[2]}
