import { expect, test } from 'vitest'
import type { Delivery } from '../../src/index.ts'
import { type Frame, packPublication } from '../../src/redis/envelope.ts'
import { HeardRoom } from '../../src/redis/heard-room.ts'

function frame(epoch: string, offset: number): Frame {
  const item = packPublication({ data: `${epoch}@${offset}` })
  return { kind: 'durable', epoch, offset, mark: `${epoch}~${offset}`, item }
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
