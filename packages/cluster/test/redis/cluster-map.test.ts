import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  clusterSlots,
  mergeViews,
  parseAddress,
  parseView,
  type View,
} from '../../src/redis/cluster-map.ts'

const asked = { host: '10.0.0.9', port: 7000 }

interface Change {
  readonly owner: string
  readonly from: number
  readonly length: number
}

/** Slots that a primary gains, one change after the other; the epoch of each is its place. */
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    owner: fc.constantFrom('h:1', 'h:2', 'h:3', 'h:4'),
    from: fc.nat(clusterSlots - 1),
    length: fc.integer({ min: 1, max: 5_000 }),
  }),
  { minLength: 1, maxLength: 12 },
)

const line = (id: string, at: string, flags: string, rest: string): string =>
  `${id} ${at} ${flags} - 0 0 ${rest}`

/** What all know after the first so many changes: each owner has the epoch of its latest gain. */
function viewAfter(all: readonly Change[], count: number): View {
  const held = ownersAfter(all.slice(0, count))
  const epochs = new Map(all.slice(0, count).map(({ owner }, epoch) => [owner, epoch]))
  const claims = [...epochs].map(([address, epoch]) => {
    const slots = [...held.entries()].filter(([, owner]) => owner === address)
    return { address, epoch, ranges: slots.map(([slot]) => [slot, slot] as const) }
  })
  return { claims, nodes: [...epochs.keys()] }
}

function ownersAfter(all: readonly Change[]): (string | undefined)[] {
  const owners = Array.from<string | undefined>({ length: clusterSlots })
  for (const { owner, from, length } of all) owners.fill(owner, from, from + length)
  return owners
}

test('a node that has not heard of the latest changes undoes none of them', () => {
  fc.assert(
    fc.property(changes, fc.array(fc.nat(), { maxLength: 3 }), fc.nat(), (all, behind, place) => {
      const views = behind.map((by) => viewAfter(all, by % all.length))
      views.splice(place % (views.length + 1), 0, viewAfter(all, all.length))
      expect(mergeViews(views).owners).toEqual(ownersAfter(all))
    }),
    { numRuns: 30 },
  )
})

test('what Redis tells is read: ranges, single slots, roles, and slots on their way', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(clusterSlots - 1), { minLength: 1, maxLength: 40 }),
      (slots) => {
        const sorted = slots.toSorted((one, other) => one - other)
        const texts: string[] = []
        for (let i = 0; i < sorted.length; i++) {
          const from = sorted[i]!
          while (sorted[i + 1] === sorted[i]! + 1) i++
          texts.push(from === sorted[i] ? `${from}` : `${from}-${sorted[i]!}`)
        }
        const nodes = [
          line(
            'a',
            '10.0.0.1:7001@17001',
            'myself,master',
            `3 connected ${texts.join(' ')} [93->-b]`,
          ),
          line('b', '10.0.0.2:7002@17002', 'slave', '3 connected'),
          line('c', ':0@0', 'master,noaddr', '9 disconnected 0-16383'),
          '',
        ].join('\n')
        const { owners, nodes: known } = mergeViews([parseView(nodes, undefined, asked)])
        const found = [...owners.entries()].flatMap(([slot, owner]) => (owner ? [slot] : []))
        expect(found).toEqual(sorted)
        expect(owners[sorted[0]!]).toBe('10.0.0.1:7001')
        expect(known).toEqual(['10.0.0.1:7001', '10.0.0.2:7002'])
      },
    ),
  )
})

test('the endpoint that Redis prefers for clients is the address', () => {
  const nodes = [
    line('a', '10.0.0.1:7001@17001,a.example', 'myself,master', '1 connected 0'),
    line('b', '10.0.0.2:7002@17002,b.example', 'master', '2 connected 1'),
    line('c', '10.0.0.3:7003@17003', 'master', '3 connected 2'),
    line('d', ':7004@17004', 'master', '4 connected 3'),
  ].join('\n')
  const slots = [
    [0, 0, ['a.example', 7101, 'a', []]],
    [1, 1, ['', 7002, 'b']],
    [2, 2, ['?', 7003, 'c']],
  ]
  const { owners } = mergeViews([parseView(nodes, slots, asked)])
  expect(owners.slice(0, 4)).toEqual([
    'a.example:7101',
    '10.0.0.9:7002',
    '10.0.0.3:7003',
    '10.0.0.9:7004',
  ])
})

test('an address may be an IPv6 one', () => {
  const view = parseView(line('a', '::1:7001@17001', 'myself,master', '1 connected 5'), [], asked)
  const [address] = view.claims.map((claim) => claim.address)
  expect(parseAddress(address!)).toEqual({ host: '::1', port: 7001 })
  expect(parseAddress('[::1]:7001')).toEqual({ host: '::1', port: 7001 })
})
