// Coming back: all that was missed, in order and once, or nothing and a clear word.

import { beforeAll, describe, expect, test } from 'vitest'
import { connectClient } from '../support/clients.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { layLine } from '../support/line.ts'
import { connectionToken, tokenSecret } from '../support/tokens.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      tokenSecret,
      insecure: true,
      rooms: {
        default: { history: { size: 1_000, ttl: '300s' }, recover: true },
        namespaces: { short: { history: { size: 5 } }, wish: { recover: false } },
      },
    },
  })
  return () => gateway.stop()
})

/** Publishes these numbers, each in its turn. */
async function publish(channel: string, from: number, to: number): Promise<void> {
  const commands = []
  for (let data = from; data <= to; data++) commands.push({ publish: { channel, data } })
  await gateway.api('batch', { commands })
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

describe('after a cut', () => {
  test('a client hears all it missed, in order and once, before what comes next', async () => {
    const line = await layLine(gateway)
    const client = await connectClient(line)
    const room = await client.subscribe('missed')
    await publish('missed', 1, 3)
    await room.publications.nth(3)
    line.cut()
    await room.subscribing.nth(2)
    await publish('missed', 4, 300)
    line.mend()
    expect(await room.subscribed.nth(2)).toMatchObject({
      wasRecovering: true,
      recovered: true,
      hasRecoveredPublications: true,
      streamPosition: { offset: 300 },
    })
    await publish('missed', 301, 303)
    await room.publications.nth(303)
    expect(room.data).toEqual(numbers(1, 303))
    expect(room.publications.entries.map(({ offset }) => offset)).toEqual(numbers(1, 303))
  })

  test('a client that missed nothing is told so', async () => {
    const line = await layLine(gateway)
    const room = await (await connectClient(line)).subscribe('unmissed')
    await publish('unmissed', 1, 3)
    await room.publications.nth(3)
    line.cut()
    line.mend()
    expect(await room.subscribed.nth(2)).toMatchObject({
      wasRecovering: true,
      recovered: true,
      hasRecoveredPublications: false,
    })
    expect(room.publications.size).toBe(3)
  })

  test('nothing is lost or doubled, however often it happens while others publish', async () => {
    const line = await layLine(gateway)
    const client = await connectClient(line)
    const room = await client.subscribe('storm')
    const total = 400
    for (let from = 1; from <= total; from += 40) {
      const published = publish('storm', from, from + 19)
      line.cut()
      line.mend()
      // oxlint-disable-next-line no-await-in-loop -- one cut after the other
      await Promise.all([published, room.subscribed.nth((from - 1) / 40 + 2)])
      // oxlint-disable-next-line no-await-in-loop -- some of it arrives on an open line
      await publish('storm', from + 20, from + 39)
    }
    await room.publications.nth(total)
    expect(room.data).toEqual(numbers(1, total))
    expect(room.subscribed.entries.slice(1).every(({ recovered }) => recovered)).toBe(true)
  })

  test('a subscription that the connection token granted recovers as well', async () => {
    const line = await layLine(gateway)
    const token = await connectionToken('ada', { channels: ['granted'] })
    const client = await connectClient(line, { token })
    await publish('granted', 1, 2)
    await client.publications.nth(2)
    line.cut()
    await client.connecting.nth(2)
    await publish('granted', 3, 6)
    line.mend()
    expect(await client.subscribed.nth(2)).toMatchObject({ channel: 'granted', recovered: true })
    await client.publications.nth(6)
    expect(client.publications.entries.map(({ data }) => data as number)).toEqual(numbers(1, 6))
  })

  test('a room that does not recover on its own does so for those who ask', async () => {
    const line = await layLine(gateway)
    const client = await connectClient(line)
    const [asks, asksNot] = [
      await client.subscribe('wish:asked', { recoverable: true }),
      await client.subscribe('wish:not'),
    ]
    await Promise.all([publish('wish:asked', 1, 1), publish('wish:not', 1, 1)])
    await Promise.all([asks.publications.nth(1), asksNot.publications.nth(1)])
    line.cut()
    await asks.subscribing.nth(2)
    await Promise.all([publish('wish:asked', 2, 3), publish('wish:not', 2, 3)])
    line.mend()
    expect(await asks.subscribed.nth(2)).toMatchObject({ wasRecovering: true, recovered: true })
    expect(await asksNot.subscribed.nth(2)).toMatchObject({ wasRecovering: false })
    await Promise.all([publish('wish:asked', 4, 4), publish('wish:not', 4, 4)])
    await Promise.all([asks.publications.nth(4), asksNot.publications.nth(2)])
    expect(asks.data).toEqual([1, 2, 3, 4])
    expect(asksNot.data).toEqual([1, 4])
  })
})

describe('recovery is refused, and no part of the past delivered,', () => {
  test('when the history was trimmed meanwhile', async () => {
    const line = await layLine(gateway)
    const room = await (await connectClient(line)).subscribe('short:trimmed')
    await publish('short:trimmed', 1, 2)
    await room.publications.nth(2)
    line.cut()
    await room.subscribing.nth(2)
    await publish('short:trimmed', 3, 8)
    line.mend()
    expect(await room.subscribed.nth(2)).toMatchObject({
      wasRecovering: true,
      recovered: false,
      hasRecoveredPublications: false,
      streamPosition: { offset: 8 },
    })
    await publish('short:trimmed', 9, 9)
    await room.publications.nth(3)
    expect(room.data).toEqual([1, 2, 9])
  })

  test('but not when all that was missed is just still there', async () => {
    const line = await layLine(gateway)
    const room = await (await connectClient(line)).subscribe('short:edge')
    await publish('short:edge', 1, 2)
    await room.publications.nth(2)
    line.cut()
    await room.subscribing.nth(2)
    await publish('short:edge', 3, 7)
    line.mend()
    expect(await room.subscribed.nth(2)).toMatchObject({ recovered: true })
    await room.publications.nth(7)
    expect(room.data).toEqual(numbers(1, 7))
  })

  test('when the history was removed, unless nothing was missed', async () => {
    const line = await layLine(gateway)
    const client = await connectClient(line)
    const [missed, unmissed] = [
      await client.subscribe('removed'),
      await client.subscribe('removed-unmissed'),
    ]
    await Promise.all([publish('removed', 1, 1), publish('removed-unmissed', 1, 1)])
    await Promise.all([missed.publications.nth(1), unmissed.publications.nth(1)])
    line.cut()
    await missed.subscribing.nth(2)
    await publish('removed', 2, 3)
    await gateway.api('history_remove', { channel: 'removed' })
    await gateway.api('history_remove', { channel: 'removed-unmissed' })
    line.mend()
    expect(await missed.subscribed.nth(2)).toMatchObject({ wasRecovering: true, recovered: false })
    expect(await unmissed.subscribed.nth(2)).toMatchObject({ wasRecovering: true, recovered: true })
  })

  test('when the position is of another stream, or of none', async () => {
    await publish('another', 1, 3)
    const { epoch } = await gateway.api<{ epoch: string }>('history', { channel: 'another' })
    const positions = [
      { offset: 2, epoch: 'elsewhere' },
      // As if nothing had been missed.
      { offset: 3, epoch: 'elsewhere' },
      { offset: 4, epoch },
    ]
    const rooms = await Promise.all(
      positions.map(async (since) =>
        (await connectClient(gateway)).subscribe('another', { since }),
      ),
    )
    for (const room of rooms) {
      expect(room.subscribed.entries).toMatchObject([{ wasRecovering: true, recovered: false }])
      expect(room.publications.size).toBe(0)
    }
  })
})

describe('a first subscription', () => {
  test('hears nothing of the past by itself', async () => {
    await publish('first', 1, 3)
    const room = await (await connectClient(gateway)).subscribe('first')
    expect(room.subscribed.entries).toMatchObject([
      { wasRecovering: false, recoverable: true, positioned: true, streamPosition: { offset: 3 } },
    ])
    await publish('first', 4, 4)
    await room.publications.nth(1)
    expect(room.data).toEqual([4])
  })

  test('can begin where another reader stood', async () => {
    await publish('since', 1, 5)
    const client = await connectClient(gateway)
    const { epoch } = await client.centrifuge.history('since')
    const room = await client.subscribe('since', { since: { offset: 2, epoch } })
    await room.publications.nth(3)
    expect(room.data).toEqual([3, 4, 5])
  })

  test('whose state is too old is answered with 112, and reads its state anew', async () => {
    await publish('short:state', 1, 10)
    const client = await connectClient(gateway)
    const { epoch } = await client.centrifuge.history('short:state')
    const positions = [
      { offset: 2, epoch },
      { offset: 7, epoch },
    ]
    let asked = 0
    const room = await client.subscribe('short:state', {
      getState: () => Promise.resolve(positions[asked++]!),
    })
    expect(asked).toBe(2)
    await room.publications.nth(3)
    expect(room.data).toEqual([8, 9, 10])
  })
})
