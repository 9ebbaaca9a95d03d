// What Redis does with a room's stream, each in one step. Times are milliseconds, ids of entries are `<offset>-0`.

import type { Script } from './commands.ts'

/** Keeps the count at least as long as told, and never shortens it. A Redis that refuses writes can still be read. */
const touch = `
local function touch(meta, ms)
  if redis.call('PTTL', meta) < tonumber(ms) then redis.pcall('PEXPIRE', meta, ms) end
end`

/** What each publish of a call takes from KEYS and ARGV. */
const publishKeys = 3
const publishArgs = 10

/**
 * Any number of publishes, in order.
 *   KEYS per publish: meta, log, key of idempotency (or meta)
 *   ARGV per publish: channel, bytes, filler, size (-1: no history), ttl, meta ttl, key's ttl (0: no key), fence (0: none), sequence, new epoch or part of the mark
 *   ARGV at the end:  PUBLISH or SPUBLISH, sender
 *   answers:          offset:epoch · '' without history · !token when fenced
 * A publish that is sent again because its answer was lost is known by the sender's sequence, which the room remembers.
 */
export const publishScript: Script = {
  name: 'publish',
  source: `${touch}
local say, sender = ARGV[#ARGV - 1], ARGV[#ARGV]
local answers = {}
local function one(k, a)
  local meta, log, key = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local channel, bytes, filler = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local size, keyTtl, fence, seq = tonumber(ARGV[a + 3]), tonumber(ARGV[a + 6]), tonumber(ARGV[a + 7]), tonumber(ARGV[a + 8])
  if keyTtl > 0 then
    local known = redis.call('GET', key)
    if known then
      if filler ~= '' then redis.call(say, channel, filler) end
      return known
    end
  end
  local epoch, offset, token, last, before
  if size >= 0 or fence > 0 then
    local found = redis.call('HMGET', meta, 'e', 'o', 'f', 's:' .. sender, 'm')
    epoch, offset, token, last = found[1], tonumber(found[2]) or 0, tonumber(found[3]) or 0, tonumber(found[4]) or 0
    before = found[5] or ''
    if fence > 0 then
      if fence < token then return '!' .. string.format('%.0f', token) end
      if fence > token then
        redis.call('HSET', meta, 'f', ARGV[a + 7])
        touch(meta, ARGV[a + 5])
      end
    end
  end
  local answer = ''
  if size < 0 then
    redis.call(say, channel, bytes)
  else
    local sent = sender .. '~' .. ARGV[a + 8] .. '~'
    if epoch and seq <= last then
      local entries = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1000)
      for _, entry in ipairs(entries) do
        if string.sub(entry[2][4], 1, #sent) == sent then return string.match(entry[1], '^%d+') .. ':' .. epoch end
      end
      return offset .. ':' .. epoch
    end
    if not epoch then
      epoch = ARGV[a + 9]
      redis.call('HSET', meta, 'e', epoch)
    end
    offset = offset + 1
    if offset == 1 then redis.call('DEL', log) end
    -- Of this sending alone: sent again to another server, after a roll-back, it is another entry, as what is before it may be.
    local mark = sent .. ARGV[a + 9]
    redis.call('HSET', meta, 'o', offset, 's:' .. sender, ARGV[a + 8], 'm', mark)
    touch(meta, ARGV[a + 5])
    if size > 0 then
      redis.call('XADD', log, 'MAXLEN', size, offset .. '-0', 'd', bytes, 'm', mark)
      redis.call('PEXPIRE', log, ARGV[a + 4])
    else
      redis.call('DEL', log)
    end
    answer = offset .. ':' .. epoch
    redis.call(say, channel, '\\2D' .. answer .. ':' .. mark .. ':' .. before .. ':' .. bytes)
  end
  if keyTtl > 0 then redis.call('SET', key, answer, 'PX', keyTtl) end
  return answer
end
local a = 1
for k = 1, #KEYS, ${publishKeys} do
  answers[#answers + 1] = one(k, a)
  a = a + ${publishArgs}
end
return answers`,
}

/**
 * Reads.  KEYS: meta, log   ARGV: new epoch, meta ttl, has since, epoch, offset, reverse, limit (-1: all), mark at the offset ('': unknown)
 * Answers: epoch, offset, complete (2: but another entry is at the offset), [offset, bytes, mark]…
 */
export const readScript: Script = {
  name: 'read',
  source: `${touch}
local meta, log = KEYS[1], KEYS[2]
local found = redis.call('HMGET', meta, 'e', 'o')
local epoch, top = found[1], tonumber(found[2]) or 0
if not epoch then
  epoch, top = ARGV[1], 0
  redis.call('HSET', meta, 'e', epoch, 'o', 0)
  redis.call('DEL', log)
end
touch(meta, ARGV[2])
local has, since, offset, reverse, limit = ARGV[3] == '1', ARGV[4], tonumber(ARGV[5]), ARGV[6] == '1', tonumber(ARGV[7])
local head = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)
local first = top + 1
if head[1] then first = tonumber(string.match(head[1][1], '^%d+')) end
if has then
  local same = since == epoch or (since == '' and offset == 0)
  if not same or offset < 0 or offset > top or (not reverse and offset < first - 1) then
    return { epoch, top, 0 }
  end
  if ARGV[8] ~= '' then
    local entry = redis.call('XRANGE', log, offset .. '-0', offset .. '-0')
    if entry[1] and entry[1][2][4] ~= ARGV[8] then return { epoch, top, 2 } end
  end
end
local answer = { epoch, top, 1 }
if limit == 0 then return answer end
local entries
local function range(command, from, to)
  if limit < 0 then return redis.call(command, log, from, to) end
  return redis.call(command, log, from, to, 'COUNT', limit)
end
if reverse then
  local from = has and (offset - 1) or top
  entries = from < 1 and {} or range('XREVRANGE', from .. '-0', '-')
else
  entries = range('XRANGE', (has and offset + 1 or 1) .. '-0', '+')
end
for _, entry in ipairs(entries) do
  answer[#answer + 1] = { tonumber(string.match(entry[1], '^%d+')), entry[2][2], entry[2][4] }
end
return answer`,
}

/**
 * Where streams stand.  KEYS: meta, log per room   ARGV: offset, mark per room
 * Answers per room: epoch ('' without a stream), offset, mark of the newest, and 0 when the entry at the offset asked about is another than
 * the one that was heard: then the stream was rolled back and written anew.
 */
export const placesScript: Script = {
  name: 'places',
  source: `
local answers = {}
for k = 1, #KEYS, 2 do
  local found = redis.call('HMGET', KEYS[k], 'e', 'o')
  local offset, mark, same = ARGV[k], ARGV[k + 1], 1
  local newest = ''
  if found[1] then
    local head = redis.call('XREVRANGE', KEYS[k + 1], '+', '-', 'COUNT', 1)
    if head[1] then newest = head[1][2][4] end
    if mark ~= '' then
      local entry = redis.call('XRANGE', KEYS[k + 1], offset .. '-0', offset .. '-0')
      if entry[1] and entry[1][2][4] ~= mark then same = 0 end
    end
  end
  answers[#answers + 1] = { found[1] or '', tonumber(found[2]) or 0, newest, same }
end
return answers`,
}

/** Starts a stream anew after a roll-back, once.  KEYS: meta, log   ARGV: old epoch, new epoch, channel, PUBLISH or SPUBLISH → epoch */
export const rotateScript: Script = {
  name: 'rotate',
  source: `
local epoch = redis.call('HGET', KEYS[1], 'e')
if epoch ~= ARGV[1] then return epoch or '' end
redis.call('HSET', KEYS[1], 'e', ARGV[2], 'o', 0, 'm', '')
redis.call('DEL', KEYS[2])
redis.call(ARGV[4], ARGV[3], '\\2E' .. ARGV[2])
return ARGV[2]`,
}

/** A message to a channel, where a key of its name would be kept.  KEYS: channel   ARGV: PUBLISH or SPUBLISH, bytes */
export const sayScript: Script = {
  name: 'say',
  source: `return redis.call(ARGV[1], KEYS[1], ARGV[2])`,
}

export const streamScripts: readonly Script[] = [
  publishScript,
  readScript,
  placesScript,
  rotateScript,
]
