import { describe, expect, test } from 'vitest'
import type { ActorRow } from '../../../src/inspect/dump.ts'
import { printTree } from '../../../src/inspect/text/tree.ts'

function row(id: string, parent: string, more: Partial<ActorRow> = {}): ActorRow {
  return {
    id,
    parent,
    behavior: 'connection',
    label: '',
    state: 'idle',
    ms: 4_000,
    ageMs: 4_000,
    mailbox: 0,
    handled: 0,
    restarts: 0,
    site: 0,
    ...more,
  }
}

const actors = [
  row('0', '', { behavior: 'root', ms: 180_000 }),
  row('1', '0', { behavior: 'rooms' }),
  row('2', '0', { behavior: 'edge' }),
  row('3', '1', { behavior: 'room', label: 'lobby' }),
  row('4', '3', {
    behavior: 'auction',
    state: 'waiting',
    mailbox: 3,
    wait: { class: 'lock', target: 'ledger', ms: 900 },
  }),
  row('5', '2'),
  row('6', '2', { state: 'running', ms: 2 }),
  row('7', '2'),
  row('8', '2'),
]

describe('a tree', () => {
  test('shows who belongs to whom, and what they do', () => {
    expect(printTree({ actors })).toBe(`\
root 0 [idle, 3 min]
├─ rooms 1 [idle, 4 s]
│  └─ room 3 [idle, 4 s] lobby
│     └─ auction 4 [waiting: lock ledger, 900 ms] mailbox 3
└─ edge 2 [idle, 4 s]
   ├─ connection 5 [idle, 4 s]
   ├─ connection 6 [running, 2 ms]
   ├─ connection 7 [idle, 4 s]
   └─ connection 8 [idle, 4 s]`)
  })

  test('folds many that look alike, and counts what is below them', () => {
    expect(printTree({ actors }, { from: '2', fold: 2 })).toBe(`\
edge 2 [idle, 4 s]
├─ 3 × connection [idle]
└─ connection 6 [running, 2 ms]`)
    const rooms = actors.map((actor) =>
      actor.behavior === 'connection' ? { ...actor, parent: '4', state: 'idle' as const } : actor,
    )
    expect(printTree({ actors: rooms }, { from: '3', fold: 0 })).toBe('1 × room [idle], 5 below')
  })

  test('is cut at a depth, and says what it cuts', () => {
    expect(printTree({ actors }, { depth: 2 })).toBe(`\
root 0 [idle, 3 min]
├─ rooms 1 [idle, 4 s], 2 below
└─ edge 2 [idle, 4 s], 4 below`)
  })

  test('of a part of the actors begins with those whose parents are missing', () => {
    expect(printTree({ actors: actors.slice(3, 6) })).toBe(`\
room 3 [idle, 4 s] lobby
└─ auction 4 [waiting: lock ledger, 900 ms] mailbox 3
connection 5 [idle, 4 s]`)
    expect(printTree({ actors }, { from: 'ff' })).toBe('')
  })

  test('of a chain of 100,000 is printed', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => row(`${i}`, `${i - 1}`))
    expect(printTree({ actors: chain }, { depth: 2 })).toMatch(/99998 below$/)
    const lines = printTree({ actors: chain.slice(0, 2_000) }).split('\n')
    expect(lines).toHaveLength(2_000)
  })
})
