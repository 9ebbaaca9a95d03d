// What Redis does with membership, presence and ownership, each in one step. Time is Redis' own, in milliseconds, so that
// the clocks of the nodes do not matter.

import type { Script } from './commands.ts'

const time = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)`

/**
 * Renews a lease and looks around.  KEYS: nodes, names, reapers   ARGV: uid, name, lease ms
 * Answers: 1 when all that this node put into Redis is known to be there still, [uid, name, ms left]…, and in a last list
 * those that are this node's to reap. While a reaper is at work on this node, what it puts there may be taken away again.
 */
export const beatScript: Script = {
  name: 'beat',
  source: `${time}
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
local whole = known and tonumber(known) >= now
local reaped = redis.call('HGET', KEYS[3], ARGV[1])
if reaped then
  whole = false
  if tonumber(reaped) < now then redis.call('HDEL', KEYS[3], ARGV[1]) end
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local nodes, dead = {}, {}
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  local uid, left = all[i], tonumber(all[i + 1]) - now
  nodes[#nodes + 1] = { uid, redis.call('HGET', KEYS[2], uid) or '', left }
  if left < 0 then
    local claim = redis.call('HGET', KEYS[3], uid)
    if not claim or tonumber(claim) < now then
      redis.call('HSET', KEYS[3], uid, string.format('%.0f', now + ARGV[3]))
      dead[#dead + 1] = uid
    end
  end
end
return { whole and 1 or 0, nodes, dead }`,
}

/**
 * Takes a node off the list, if it is still dead.  KEYS: nodes, names, reapers   ARGV: uid, '1' to do so in any case
 * One that came back meanwhile finds a claim that is over, and puts everything there once more.
 */
export const removeScript: Script = {
  name: 'remove',
  source: `${time}
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and ARGV[2] ~= '1' and tonumber(score) >= now then
  redis.call('HSET', KEYS[3], ARGV[1], '0')
  return 0
end
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1`,
}

/** KEYS: nodes, names   Answers: [uid, name, ms left]… */
export const nodesScript: Script = {
  name: 'nodes',
  source: `${time}
local nodes = {}
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  nodes[#nodes + 1] = { all[i], redis.call('HGET', KEYS[2], all[i]) or '', tonumber(all[i + 1]) - now }
end
return nodes`,
}

/** A user has one client more or fewer. */
const countUser = `
local function count(user, by)
  if redis.call('HINCRBY', KEYS[2], user, by) <= 0 then redis.call('HDEL', KEYS[2], user) end
end`

/** KEYS: here, users   ARGV: client, user, node, info   Stored as msgpack: [node, user, info] */
export const arriveScript: Script = {
  name: 'arrive',
  source: `${countUser}
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old then
  count(cmsgpack.unpack(old)[2], -1)
end
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack({ ARGV[3], ARGV[2], ARGV[4] }))
count(ARGV[2], 1)
return 1`,
}

/** As bytes, which HVALS through a text would spoil.  KEYS: here */
export const hereScript: Script = {
  name: 'here',
  source: `return redis.call('HVALS', KEYS[1])`,
}

/** KEYS: here, users   ARGV: node, client…   Removes those that are still this node's; answers their infos. */
export const departScript: Script = {
  name: 'depart',
  source: `${countUser}
local gone = {}
for i = 2, #ARGV do
  local old = redis.call('HGET', KEYS[1], ARGV[i])
  if old then
    local held = cmsgpack.unpack(old)
    if held[1] == ARGV[1] then
      redis.call('HDEL', KEYS[1], ARGV[i])
      count(held[2], -1)
      gone[#gone + 1] = held[3]
    end
  end
end
return gone`,
}

/**
 * Who owns a name.  KEYS: nodes, owners, token   ARGV: uid, name
 * Answers: owner, token. Tokens come from Redis' clock where that is ahead of the last one: none comes twice, also after a loss.
 * A node that asks for what it owns has forgotten its token, for its lease was over: it gets a new one.
 */
export const ownScript: Script = {
  name: 'own',
  source: `${time}
local held = redis.call('HGET', KEYS[2], ARGV[2])
if held then
  local owner, token = string.match(held, '^(%S+) (%d+)$')
  local lease = redis.call('ZSCORE', KEYS[1], owner)
  if owner ~= ARGV[1] and lease and tonumber(lease) >= now then return { owner, token } end
end
local mine = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not mine or tonumber(mine) < now then return { '', '0' } end
local token = math.max(tonumber(redis.call('GET', KEYS[3]) or '0') + 1, now * 1000)
local text = string.format('%.0f', token)
redis.call('SET', KEYS[3], text)
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1] .. ' ' .. text)
return { ARGV[1], text }`,
}

/** KEYS: owners   ARGV: uid, name…   Gives up what is still this node's. */
export const disownScript: Script = {
  name: 'disown',
  source: `
for i = 2, #ARGV do
  local held = redis.call('HGET', KEYS[1], ARGV[i])
  if held and string.match(held, '^(%S+) ') == ARGV[1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return 1`,
}

/** KEYS: nodes, owners   ARGV: uid, name…   Frees what is still that node's, if its lease is over. */
export const freeScript: Script = {
  name: 'free',
  source: `${time}
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if lease and tonumber(lease) >= now then return 0 end
for i = 2, #ARGV do
  local held = redis.call('HGET', KEYS[2], ARGV[i])
  if held and string.match(held, '^(%S+) ') == ARGV[1] then redis.call('HDEL', KEYS[2], ARGV[i]) end
end
return 1`,
}

/** The room refuses older tokens from now on.  KEYS: meta   ARGV: token, ttl */
export const fenceScript: Script = {
  name: 'fence',
  source: `
local known = tonumber(redis.call('HGET', KEYS[1], 'f') or '0')
if tonumber(ARGV[1]) > known then redis.call('HSET', KEYS[1], 'f', ARGV[1]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`,
}

export const nodeScripts: readonly Script[] = [
  beatScript,
  removeScript,
  nodesScript,
  arriveScript,
  hereScript,
  departScript,
  ownScript,
  disownScript,
  freeScript,
  fenceScript,
]
