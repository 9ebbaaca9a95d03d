import { describe, expect, test } from 'vitest'
import { type Access, accessLevels } from '../../src/room-options.ts'
import { startTestNode, type TestNode } from '../support/services.ts'

/** A namespace for each level of access to everything but subscribing, which is for all. */
const rooms = {
  namespaces: Object.fromEntries(
    accessLevels.map((level) => [
      level,
      {
        presence: true,
        history: { size: 9, ttl: '1m' },
        allow: { subscribe: 'any', publish: level, presence: level, history: level },
      } as const,
    ]),
  ),
}

const commands = (channel: string) => [
  { publish: { channel, data: 1 } },
  { presence: { channel } },
  { presence_stats: { channel } },
  { history: { channel, limit: 1 } },
]

async function codes(node: TestNode, user: string, level: Access, inside: boolean) {
  const token = await node.token({ user, ttlSeconds: 60 })
  const peer = await node.connect({ token })
  const channel = `${level}:room`
  if (inside) await peer.call({ subscribe: { channel } })
  return await Promise.all(commands(channel).map((command) => peer.code(command)))
}

describe('what a connection may do in a room', () => {
  const may: Record<Access, (user: string, inside: boolean) => boolean> = {
    none: () => false,
    subscriber: (_user, inside) => inside,
    client: (user) => user !== '',
    any: () => true,
  }
  const table = accessLevels.flatMap((level) =>
    ['ann', ''].flatMap((user) => [true, false].map((inside) => ({ level, user, inside }))),
  )

  test.each(table)(
    'is up to its level: $level, to user "$user", subscribed: $inside',
    async ({ level, user, inside }) => {
      const node = await startTestNode({ config: { insecure: false, rooms } })
      const code = may[level](user, inside) ? 0 : 103
      expect(await codes(node, user, level, inside)).toEqual([code, code, code, code])
    },
  )

  test('in insecure mode, "client" means everybody', async () => {
    const node = await startTestNode({ config: { rooms } })
    const peer = await node.connect()
    expect(await peer.code({ publish: { channel: 'client:room', data: 1 } })).toBe(0)
    expect(await peer.code({ publish: { channel: 'none:room', data: 1 } })).toBe(103)
  })
})

describe('a command that cannot be done is answered with', () => {
  const config = {
    limits: { maxChannelsPerConnection: 2 },
    rooms: { default: { allow: { publish: 'none' } } },
  } as const
  const full = Array.from({ length: 2 }, (_, i) => ({ subscribe: { channel: `${i}` } }))

  test.each([
    [102, 'an unknown namespace', [{ subscribe: { channel: 'no:where' } }]],
    [102, 'an unknown namespace', [{ publish: { channel: 'no:where', data: 1 } }]],
    [102, 'an unknown namespace', [{ history: { channel: 'constructor:1' } }]],
    [103, 'what is not allowed', [{ publish: { channel: 'lobby', data: 1 } }]],
    [103, 'a subscription that is none', [{ sub_refresh: { channel: 'x', token: 'y' } }]],
    [104, 'a method that nobody answers', [{ rpc: { method: 'nothing' } }]],
    [105, 'a room it is in', [full[0]!, full[0]!]],
    [106, 'a room too many', [...full, { subscribe: { channel: 'third' } }]],
    [107, 'a name that is none', [{ subscribe: { channel: 'a b' } }]],
    [107, 'a name that is none', [{ publish: { channel: 'a\nb', data: 1 } }]],
    [107, 'a name that is none', [{ presence: { channel: 'ä' } }]],
    [108, 'presence that nobody keeps', [{ presence: { channel: 'lobby' } }]],
    [108, 'a past that nobody keeps', [{ history: { channel: 'lobby' } }]],
  ])('%i: %s', async (code, _what, sent) => {
    const node = await startTestNode({ config })
    const peer = await node.connect()
    const answers = await Promise.all(sent.map((command) => peer.code(command)))
    expect(answers).toEqual([...sent.slice(1).map(() => 0), code])
    expect(peer.closed).toBeUndefined()
    expect(node.services.counters.replyErrors).toEqual(new Map([[code, 1]]))
  })

  test('112: a position that is over', async () => {
    const short = { default: { history: { size: 1, ttl: '1m' } } } as const
    const node = await startTestNode({ config: { rooms: short } })
    const peer = await node.connect()
    for (let i = 0; i < 3; i++) await peer.call({ publish: { channel: 'lobby', data: i } })
    const channel = 'lobby'
    const since = { offset: 1, epoch: '' }
    const { history } = await peer.call({ history: { channel, limit: 0 } })
    const { epoch } = history as { epoch: string }
    expect(await peer.code({ history: { channel, since: { ...since, epoch }, limit: -1 } })).toBe(
      112,
    )
    // Bit 2: rather an error than a subscription with a hole.
    const recover = { channel, recover: true, offset: 1, epoch, flag: 2 }
    expect(await peer.code({ subscribe: recover })).toBe(112)
    expect(node.services.directory.get(channel)?.members).toEqual([])
    expect(await peer.code({ subscribe: { ...recover, flag: 0 } })).toBe(0)
  })
})
