import type { ActorRow, Dump } from '@sluice/core'
import { expect, test } from 'vitest'
import type { Query } from '../../src/data/api.ts'
import { bareTree, type Tree } from '../../src/data/tree/tree.ts'
import { type Line, lineAt, linesOf, numberOf } from '../../src/data/tree/lines.ts'
import { reveal } from '../../src/data/tree/reveal.ts'

/** A node's answers to what a tree asks. */
class Node {
  readonly rows: ActorRow[] = []
  asked = 0

  add(parent: string, behavior: string): string {
    const id = this.rows.length.toString(16)
    const figures = { label: '', ms: 0, ageMs: 0, mailbox: 0, handled: 0, restarts: 0, site: 0 }
    this.rows.push({ id, parent, behavior, state: 'idle', ...figures })
    return id
  }

  ask = async (query: Query): Promise<Dump> => {
    this.asked++
    const { id, parent, behavior, before, skip = 0, limit = Infinity, debug } = query
    const fits = this.rows.filter(
      (row, at) =>
        (id === undefined || row.id === id) &&
        (parent === undefined || row.parent === parent) &&
        (behavior === undefined || row.behavior === behavior) &&
        (before === undefined || at < Number.parseInt(String(before), 16)),
    )
    const counts = Map.groupBy(fits, (row) => row.behavior)
    const groups = [...counts].map(([name, { length }]) => ({
      behavior: name,
      state: 'idle',
      count: length,
      ms: { min: 0, p50: 0, max: 0 },
    }))
    const actors = debug === 1 ? [] : fits.slice(Number(skip), Number(skip) + Number(limit))
    const above = id === undefined ? [] : this.#above(actors[0])
    // Only what a tree reads.
    return { actors, above, groups, matched: fits.length } as unknown as Dump
  }

  #above(row: ActorRow | undefined): ActorRow[] {
    const parent = this.rows.find(({ id }) => id === row?.parent)
    return parent === undefined ? [] : [parent, ...this.#above(parent)]
  }
}

function large(): { node: Node; inner: string } {
  const node = new Node()
  const root = node.add('', 'root')
  const rooms = node.add(root, 'rooms')
  for (let i = 0; i < 500; i++) node.add(rooms, 'room')
  const room = node.add(rooms, 'room')
  for (let i = 0; i < 5_000; i++) node.add(rooms, 'room')
  const inner = node.add(room, 'keeper')
  return { node, inner }
}

async function revealed(node: Node, id: string): Promise<Line | undefined> {
  let tree: Tree = bareTree
  const line = await reveal(id, (by) => (tree = by(tree)), node.ask)
  const lines = linesOf(tree)
  return line && lineAt(lines, numberOf(lines, line) ?? -1)
}

test('an actor is shown wherever it is: below one of thousands, as one of them, and at the top', async () => {
  const { node, inner } = large()
  expect(await revealed(node, inner)).toMatchObject({ depth: 4, actor: { id: inner } })
  expect(node.asked).toBeLessThan(15)
  expect(await revealed(node, '7d0')).toMatchObject({ actor: { id: '7d0' }, position: 0x7d0 - 2 })
  expect(await revealed(node, '1')).toMatchObject({ actor: { behavior: 'rooms' } })
  expect(await revealed(node, '0')).toMatchObject({ actor: { behavior: 'root' }, depth: 0 })
})

test('an actor that is gone is nowhere', async () => {
  expect(await revealed(large().node, 'ffff')).toBeUndefined()
})
