-- Compare-and-write: makes all changes in one step if every condition holds.
--
-- KEYS[1…]  maps (hash: field -> text) and indexes (sorted set: member -> score), each once
-- ARGV[1]   how many conditions there are
-- ARGV[2…]  first the conditions, then the changes, in four places each: a word, the number of the key, and what follows the
--           word here (places that are not named are empty)
--           has       field, text       the field has this text
--           lacks     field             there is no such field
--           ranked    member, score     the member has this score
--           unranked  member            there is no such member
--           put       field, text
--           drop      field
--           rank      member, score     a finite number
--           unrank    member
--           cap       rank              removes the members up to this rank, counted from the end by -1, -2, …
--           clear
--           expire    life              from now, whole ms
--           persist
--
-- Replies   {'written'}
--           {'refused'}    a condition does not hold
--           {'mistyped'}   a map is used as an index, or the other way round
--           Nothing is written unless the reply is `written`.

local holds = {
  has = function(key, field, text) return redis.call('HGET', key, field) == text end,
  lacks = function(key, field) return redis.call('HEXISTS', key, field) == 0 end,
  ranked = function(key, member, score)
    -- By value: the server may write a number in another way than the caller.
    local kept = redis.call('ZSCORE', key, member)
    return kept and tonumber(kept) == tonumber(score)
  end,
  unranked = function(key, member) return not redis.call('ZSCORE', key, member) end,
}

local make = {
  put = function(key, field, text) redis.call('HSET', key, field, text) end,
  drop = function(key, field) redis.call('HDEL', key, field) end,
  rank = function(key, member, score) redis.call('ZADD', key, score, member) end,
  unrank = function(key, member) redis.call('ZREM', key, member) end,
  cap = function(key, rank) redis.call('ZREMRANGEBYRANK', key, 0, rank) end,
  clear = function(key) redis.call('DEL', key) end,
  expire = function(key, life) redis.call('PEXPIRE', key, life) end,
  persist = function(key) redis.call('PERSIST', key) end,
}

local needs = {
  has = 'hash', lacks = 'hash', put = 'hash', drop = 'hash',
  ranked = 'zset', unranked = 'zset', rank = 'zset', unrank = 'zset', cap = 'zset',
}

-- Before anything else: a command that fails half-way would leave the changes before it.
local types = {}
for at = 2, #ARGV, 4 do
  local needed, key = needs[ARGV[at]], KEYS[tonumber(ARGV[at + 1])]
  if needed then
    local found = types[key] or redis.call('TYPE', key).ok
    if found == 'none' then found = needed end
    if found ~= needed then return {'mistyped'} end
    types[key] = found
  end
end

local changes = 2 + 4 * tonumber(ARGV[1])
for at = 2, changes - 1, 4 do
  if not holds[ARGV[at]](KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3]) then return {'refused'} end
end
for at = changes, #ARGV, 4 do
  make[ARGV[at]](KEYS[tonumber(ARGV[at + 1])], ARGV[at + 2], ARGV[at + 3])
end
return {'written'}
