import { ManualClock } from '@sluice/core'
import { expect, test } from 'vitest'
import type { Argument } from '../../src/redis/commands.ts'
import { unpackFrame } from '../../src/redis/envelope.ts'
import { HeardRoom } from '../../src/redis/heard-room.ts'
import { createKeys } from '../../src/redis/keys.ts'
import { oneServer } from '../../src/redis/layout.ts'
import { resolveRedisBusOptions } from '../../src/redis/options.ts'
import { Outbox } from '../../src/redis/outbox.ts'
import type { Session } from '../../src/redis/session.ts'

test('a sender that numbers its rooms anew is heard, although the first message after that is lost', async () => {
  const clock = new ManualClock()
  const keys = createKeys('outbox')
  const sent: Buffer[] = []
  const session = {
    up: true,
    async call(_: string, channel: string, ...[bytes]: Argument[]) {
      if (channel === keys.channel('room')) sent.push(bytes as Buffer)
    },
  }
  const outbox = new Outbox({
    keys,
    options: resolveRedisBusOptions({ url: 'redis://127.0.0.1', clock }),
    layout: oneServer,
    sender: 'ada',
    epoch: () => 'epoch',
    session: () => session as unknown as Session,
    alone() {},
    redirected() {},
    acked() {},
  })
  const receiver = new HeardRoom('room', 'channel', 0)
  const heard: string[] = []
  const receive = (frames: readonly Buffer[]): void => {
    for (const bytes of frames) {
      receiver.take(
        unpackFrame(bytes)!,
        (one) => void (one.type === 'publication' && heard.push(one.publication.data)),
        () => {},
      )
    }
  }
  const publish = async (room: string, data: string): Promise<Buffer[]> => {
    outbox.plain(room, 0, { type: 'publication', publication: { data } })
    await clock.advanceAsync(0)
    return sent.splice(0)
  }
  for (const data of ['1', '2', '3']) receive(await publish('room', data))
  // More rooms than are numbered at a time.
  for (let i = 0; i < 200_000; i++) {
    outbox.plain(`other ${i}`, 0, { type: 'publication', publication: { data: '0' } })
    if (i % 250 === 0) await clock.advanceAsync(0)
  }
  await publish('room', '"lost"')
  for (const data of ['5', '6', '7']) receive(await publish('room', data))
  expect(heard).toEqual(['1', '2', '3', '5', '6', '7'])
}, 30_000)
