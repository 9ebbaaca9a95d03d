import { expect, test } from 'vitest'
import type { Delivery } from '../../src/index.ts'
import { type Frame, packPublication } from '../../src/redis/envelope.ts'
import { HeardRoom } from '../../src/redis/heard-room.ts'

/** `branch` tells entries of one offset apart; `from` is the one that it follows. */
function frame(epoch: string, offset: number, branch = epoch, from = branch): Frame {
  const item = packPublication({ data: `${branch}@${offset}` })
  const [mark, before] = [`${branch}~${offset}`, `${from}~${offset - 1}`]
  return { kind: 'durable', epoch, offset, mark, before, item }
}

/** A room that stands in epoch `old`, what it hears, and how to give it a frame. */
function roomAt(offset: number) {
  const room = new HeardRoom('room', 'channel', 0)
  room.place = { epoch: 'old', offset, mark: '' }
  const heard: string[] = []
  const hear = (delivery: Delivery): void => {
    if (delivery.type === 'publication') heard.push(delivery.publication.data)
    if (delivery.type === 'gap') heard.push(`gap at ${delivery.position.epoch}`)
  }
  const take = (...frames: Frame[]): void => {
    for (const one of frames) room.take(one, hear, () => {})
  }
  return { room, heard, take }
}

test('what was sent before its stream was replaced is not heard after it', () => {
  const { room, heard, take } = roomAt(3)
  // Found by a look at Redis, which is ahead of what is pushed.
  room.move({ epoch: 'new', offset: 0, mark: '' })
  take(frame('old', 4), frame('old', 5), { kind: 'epoch', epoch: 'new' }, frame('new', 1))
  expect(heard).toEqual(['new@1'])
  expect(room.place).toMatchObject({ epoch: 'new', offset: 1 })
})

test('a stream that is replaced is told, once, and heard from its beginning', () => {
  const { heard, take } = roomAt(3)
  take(frame('old', 4), { kind: 'epoch', epoch: 'new' }, frame('old', 5))
  take({ kind: 'epoch', epoch: 'new' }, frame('new', 1))
  expect(heard).toEqual(['old@4', 'gap at new', 'new@1'])
})

test('an epoch that comes back, as one does in a roll-back, is heard', () => {
  const { room, heard, take } = roomAt(3)
  room.move({ epoch: 'new', offset: 0, mark: '' })
  room.move({ epoch: 'old', offset: 3, mark: '' })
  take(frame('new', 1), frame('old', 4))
  expect(heard).toEqual(['old@4'])
})

test('a message that keeps nothing and is sent twice is heard once, be it a sender’s first', () => {
  const { heard, take } = roomAt(0)
  const plain = (from: number): Frame => {
    const publication = { data: `plain ${from}` }
    const deliveries: Delivery[] = [{ type: 'publication', publication }]
    return { kind: 'plain', sender: 'ada', from, count: 1, deliveries }
  }
  take(plain(1), plain(2), plain(1), plain(2), plain(3))
  expect(heard).toEqual(['plain 1', 'plain 2', 'plain 3'])
})

test('what follows an entry that was not heard is not heard, nor is a second one in its place', () => {
  const { room, heard, take } = roomAt(3)
  const verdict = (one: Frame): string =>
    room.take(
      one,
      () => {},
      () => {},
    )
  take(frame('old', 4))
  // Of a primary that was replaced: its entries 4 and 5, and 5 of the branch that we are on.
  expect(verdict(frame('old', 4, 'stale', 'old'))).toBe('fork')
  expect(verdict(frame('old', 5, 'stale'))).toBe('fork')
  expect(room.place).toMatchObject({ offset: 4, mark: 'old~4' })
  take(frame('old', 5))
  expect(heard).toEqual(['old@4', 'old@5'])
  // Again, as when what was pushed had been read from the stream before.
  expect(verdict(frame('old', 5))).toBe('done')
  expect(verdict(frame('old', 4, 'stale', 'old'))).toBe('done')
})

test('an entry without a known mark before it contradicts nothing', () => {
  const { room, heard, take } = roomAt(3)
  take(frame('old', 4, 'one'))
  room.move({ epoch: 'old', offset: 7, mark: '' })
  take(frame('old', 8, 'other'))
  expect(heard).toEqual(['one@4', 'other@8'])
})
