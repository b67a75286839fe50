-- Compare-and-append: the only script that moves a room's head. It knows numbers, tokens and bytes, nothing of meetings.
--
-- KEYS[1]   head       hash: epoch, seq, token; rtt (slowest round trip of those who lost since the last stored append, ms)
-- KEYS[2]   log        stream: one entry `<seq>-0` per event. The first of a commit: c (commit id), p (token before it),
--                      n (how many events), e (event); the others: i (how many entries after the first), e (event)
-- KEYS[3]   snapshot   hash: epoch, seq, token, body
-- ARGV[1]   expected epoch; empty: the room must not exist
-- ARGV[2]   expected seq
-- ARGV[3]   expected token
-- ARGV[4]   commit id
-- ARGV[5]   `compare` (write nothing), `append`, `open`, or `open-at` (with a snapshot)
-- ARGV[6]   the caller's round trip in ms, or empty: left in the head if it loses
-- ARGV[7]   the most events that a conflict may list
-- ARGV[8]   new head: epoch
-- ARGV[9]   new head: seq
-- ARGV[10]  number of the first event
-- ARGV[11]  token before the first event
-- ARGV[12]  open: life of the keys in ms, or empty: for ever
-- ARGV[13]  open-at: body of the snapshot at the number before the first event
-- ARGV[14]  channel, in the slot of the keys
-- ARGV[15]  head of the publication; the events follow it in the message
-- ARGV[16…] events
--
-- Replies   {'stored', epoch, seq, token, rtt or ''}
--           {'conflict', epoch, seq, token, entries after the expected number}
--           {'diverged', epoch, seq, token}
--           {'missing'}

local head_key, log_key, snapshot_key = KEYS[1], KEYS[2], KEYS[3]
local mode, count = ARGV[5], #ARGV - 15
local old = redis.call('HMGET', head_key, 'epoch', 'seq', 'token', 'rtt')
local epoch, seq, token, rtt = old[1], old[2], old[3], old[4]

if not epoch then
  if ARGV[1] ~= '' then return {'missing'} end
elseif epoch ~= ARGV[1] then
  return {'diverged', epoch, seq, token}
elseif seq ~= ARGV[2] or token ~= ARGV[3] then
  local expected = tonumber(ARGV[2])
  local missing = tonumber(seq) - expected
  if missing <= 0 or missing > tonumber(ARGV[7]) then return {'diverged', epoch, seq, token} end

  local first_id = string.format('%.0f-0', expected + 1)
  local entries = redis.call('XRANGE', log_key, first_id, '+')
  local first = entries[1]
  if #entries ~= missing or first[1] ~= first_id then return {'diverged', epoch, seq, token} end
  local fields = first[2]
  if fields[1] ~= 'c' or fields[4] ~= ARGV[3] then return {'diverged', epoch, seq, token} end

  -- Whose commit is the first of these has not lost: it only never heard that it was stored.
  if ARGV[6] ~= '' and fields[2] ~= ARGV[4] and tonumber(ARGV[6]) > tonumber(rtt or '-1') then
    redis.call('HSET', head_key, 'rtt', ARGV[6])
  end
  return {'conflict', epoch, seq, token, entries}
end

if mode == 'compare' then return {'stored', epoch, seq, token, ''} end

if mode ~= 'append' then
  redis.call('DEL', head_key, log_key, snapshot_key)
elseif rtt then
  redis.call('HDEL', head_key, 'rtt')
end

redis.call('HSET', head_key, 'epoch', ARGV[8], 'seq', ARGV[9], 'token', ARGV[4])
local first = tonumber(ARGV[10])
for i = 1, count do
  local id = string.format('%.0f-0', first + i - 1)
  if i == 1 then
    redis.call('XADD', log_key, id, 'c', ARGV[4], 'p', ARGV[11], 'n', count, 'e', ARGV[16])
  else
    redis.call('XADD', log_key, id, 'i', i - 1, 'e', ARGV[15 + i])
  end
end

if mode == 'open-at' then
  redis.call('HSET', snapshot_key,
    'epoch', ARGV[8], 'seq', string.format('%.0f', first - 1), 'token', ARGV[11], 'body', ARGV[13])
end

if mode ~= 'append' then
  if ARGV[12] ~= '' then
    local now = redis.call('TIME')
    local at = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[12])
    for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, at) end
  end
elseif redis.call('XLEN', log_key) == count then
  -- The stream has only just come into being, or was trimmed to nothing: it lives as long as the head.
  local at = redis.call('PEXPIRETIME', head_key)
  if at > 0 then redis.call('PEXPIREAT', log_key, at) end
end

redis.call('SPUBLISH', ARGV[14], ARGV[15] .. table.concat(ARGV, '', 16))
return {'stored', ARGV[8], ARGV[9], ARGV[4], rtt or ''}
