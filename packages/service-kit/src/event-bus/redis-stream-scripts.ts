import { createRedisScript } from '../redis/redis-script.ts';

/**
 * Gives an entry up: it appears among the dead letters and leaves the group's pending ones in one step, so that a crash
 * can neither lose nor double it. Does nothing when another member was faster.
 * Keys: stream, dead letters. Arguments: group, entry id, then the dead letter's fields and values.
 */
export const buryScript = createRedisScript(`
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
  return 1
`);

/**
 * Puts a dead letter back at the stream's end, addressed to its group alone.
 * Keys: stream, dead letters. Arguments: group, dead letter id.
 */
export const redriveScript = createRedisScript(`
  local found = redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2])
  if #found == 0 then return 0 end
  local fields = found[1][2]
  local letter = {}
  for i = 1, #fields, 2 do letter[fields[i]] = fields[i + 1] end
  redis.call('XADD', KEYS[1], '*', 'type', letter['type'], 'event', letter['event'], 'only', ARGV[1])
  redis.call('XDEL', KEYS[2], ARGV[2])
  return 1
`);

/** Removes a member without pending entries; with some, it must stay, as removing it would lose them. */
export const retireScript = createRedisScript(`
  if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
  return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
`);

/**
 * Removes what every group has acknowledged. Argument 1: the id below which entries may go (their age), 2: the length
 * above which age doesn't matter, 3: the id below which entries may go that no group at all has joined for. What a group
 * has not been given, or not acknowledged, always stays.
 */
export const trimScript = createRedisScript(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
  if #groups == 0 then return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[3]) end
  local function split(id)
    local ms, seq = string.match(id, '^(%d+)-(%d+)$')
    return tonumber(ms), tonumber(seq)
  end
  local function smaller(a, b)
    local am, as = split(a)
    local bm, bs = split(b)
    if am < bm or (am == bm and as < bs) then return a end
    return b
  end
  local edge
  for _, flat in ipairs(groups) do
    local group = {}
    for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
    local seen = group['last-delivered-id']
    if group['pending'] > 0 then
      seen = smaller(seen, redis.call('XPENDING', KEYS[1], group['name'])[2])
    end
    edge = edge and smaller(edge, seen) or seen
  end
  if redis.call('XLEN', KEYS[1]) <= tonumber(ARGV[2]) then edge = smaller(edge, ARGV[1]) end
  return redis.call('XTRIM', KEYS[1], 'MINID', edge)
`);
