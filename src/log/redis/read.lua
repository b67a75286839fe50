-- Reads whole commits from the one that holds a number on. Writes nothing.
--
-- KEYS[1]  head  as in append.lua
-- KEYS[2]  log   as in append.lua
-- ARGV[1]  epoch
-- ARGV[2]  number after which to read
-- ARGV[3]  how many events are enough
--
-- Replies  {'read', epoch, seq, token, entries}
--          {'gone'}   no such room, another epoch, a number above the head, or its events are not kept any more

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'token')
local after, enough = tonumber(ARGV[2]), tonumber(ARGV[3])
if head[1] ~= ARGV[1] or after > tonumber(head[2]) then return {'gone'} end
if after == tonumber(head[2]) then return {'read', head[1], head[2], head[3], {}} end

local function id(seq) return string.format('%.0f-0', seq) end

local wanted = redis.call('XRANGE', KEYS[2], id(after + 1), '+', 'COUNT', 1)[1]
if not wanted or wanted[1] ~= id(after + 1) then return {'gone'} end
local start = after + 1
if wanted[2][1] == 'i' then start = start - wanted[2][2] end

local entries = redis.call('XRANGE', KEYS[2], id(start), '+', 'COUNT', enough + after + 1 - start)
if entries[1][1] ~= id(start) then return {'gone'} end

-- Up to the end of the commit that the last entry belongs to.
local last = #entries
while entries[last][2][1] ~= 'c' do last = last - 1 end
local stop = start + last - 1 + entries[last][2][6] - 1
if start + #entries - 1 < stop then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], id(start + #entries), id(stop))) do
    entries[#entries + 1] = entry
  end
end
return {'read', head[1], head[2], head[3], entries}
