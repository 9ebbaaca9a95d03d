import { describe, expect, test } from 'vitest'
import { formatNodes } from '../../src/cli/nodes.ts'
import type { FactsTold, NodeFacts } from '../../src/inspect/facts.ts'

const lease = { ms: 9_000, leftMs: 7_250, lapses: 0, reaping: [], reaped: 0 }
const link = { address: '', state: 'up', sinceMs: 1_000, losses: 0 } as const

function factsOf(name: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    uid: `${name}-uid`,
    name,
    version: 'Sluice 0.1.0',
    pid: 1,
    uptimeMs: 60_000,
    link: 'up',
    links: [{ ...link, roundTripMs: 0.42 }],
    lease,
    owned: 0,
    bus: { losses: 0, repaired: 0, gaps: 0, lost: 0, failures: 0 },
    draining: false,
    connections: 123_456,
    users: 1,
    rooms: 12_345,
    actors: { idle: 123_456, running: 1, waiting: 12, dead: 0 },
    orphans: 0,
    unknownEnds: 0,
    restarts: 0,
    lagP99Ms: 1.2,
    lagMaxMs: 3,
    heapBytes: 1,
    rssBytes: 1_500 * 1_048_576,
    ...more,
  }
}

describe('the list of nodes', () => {
  test('has the way to Redis, what is left of the lease and the lag, within 100 columns', () => {
    const far = factsOf('a-long-name', {
      links: [
        { ...link, address: 'a', roundTripMs: 0.4 },
        { ...link, address: 'b', roundTripMs: 12.34 },
      ],
    })
    const lines = formatNodes([factsOf('one'), far], { width: 100, colors: false })
    expect(lines[0]).toMatch(/^NODE +LINK +TRIP +LEASE +UP +CLIENTS .* LAG +RSS$/)
    expect(lines[1]).toMatch(/^one +up +0\.4 ms +7\.3\/9 s +60 s +123456 .* 1 ms +1500 MB$/)
    expect(lines[2]).toMatch(/^a-long-name +up +12\.3 ms /)
    expect(lines.filter((line) => line.includes('…'))).toEqual([])
  })

  test('leaves them out where they do not fit', () => {
    const [titles] = formatNodes([factsOf('one')], { width: 99, colors: false })
    expect(titles).toMatch(/^NODE +LINK +UP +CLIENTS +ROOMS +ACTORS +WAITING +ORPHANS +RSS$/)
  })

  test('says how long a lease has been over, and nothing of one where there is none', () => {
    const { lease: _none, ...alone } = factsOf('alone', { links: [] })
    const out = factsOf('out', { lease: { ...lease, leftMs: -4_000 } })
    const [, first, second] = formatNodes([alone, out], { width: 100, colors: false })
    expect(first).toMatch(/^alone +up +- +- +60 s/)
    expect(second).toMatch(/^out +up +0\.4 ms +over 4 s /)
  })

  test('lists a node of an older version, which knows nothing of links, leases and lag', () => {
    const newer = ['links', 'lease', 'owned', 'bus', 'lagP99Ms', 'lagMaxMs']
    const older = Object.entries(factsOf('old')).filter(([name]) => !newer.includes(name))
    const facts = Object.fromEntries(older) as unknown as FactsTold
    const [, line] = formatNodes([facts], { width: 100, colors: true })
    expect(line).toMatch(/^old +\S*up\S* +\? +\? +60 s .* \? +1500 MB$/)
  })

  test('ends with the versions when they are not the same', () => {
    const terminal = { width: 80, colors: false }
    expect(formatNodes([factsOf('one'), factsOf('two')], terminal)).toHaveLength(3)
    const newer = factsOf('new', { version: 'Sluice 0.2.0' })
    expect(formatNodes([factsOf('one'), newer, factsOf('two')], terminal).at(-1)).toBe(
      'different versions: Sluice 0.1.0 on one, two; Sluice 0.2.0 on new',
    )
  })
})
