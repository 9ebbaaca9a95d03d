import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { ManualClock, systemClock } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newestOf, type Saying, Sentinels } from '../../src/redis/sentinels.ts'

describe('what holds of what the Sentinels say', () => {
  const sayings = fc.array(
    fc.record({
      epoch: fc.nat(3),
      host: fc.constantFrom('a', 'b', 'c'),
      port: fc.constantFrom(1, 2),
    }),
    { maxLength: 7 },
  )

  test('is the newest, whoever else says something older', () => {
    fc.assert(
      fc.property(sayings, (all) => {
        const epochs = all.map(({ epoch }) => epoch)
        expect(newestOf(all)?.epoch ?? -1).toBe(Math.max(-1, ...epochs))
      }),
    )
  })

  test('is said of its epoch by as many as anything else is', () => {
    fc.assert(
      fc.property(sayings, (all) => {
        const newest = newestOf(all)
        const count = (one: Saying | undefined): number =>
          all.filter((other) => JSON.stringify(other) === JSON.stringify(one)).length
        const counts = all.filter(({ epoch }) => epoch === newest?.epoch).map(count)
        expect(count(newest)).toBe(Math.max(0, ...counts))
      }),
    )
  })
})

interface Fake extends AsyncDisposable {
  readonly port: number
  readonly sockets: Set<Socket>
  readonly asked: number
  /** Nothing: it takes connections and is silent. */
  epoch: number | undefined
}

/** What a Sentinel says on the wire, and when it says nothing. */
async function startFake(epoch: number | undefined): Promise<Fake> {
  const sockets = new Set<Socket>()
  let asked = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      for (const command of bytes.toString().split(/^\*\d+\r\n/m)) {
        if (fake.epoch === undefined) continue
        if (command.includes('MASTER\r\n')) {
          asked++
          socket.write(`*4\r\n$4\r\nname\r\n$1\r\nm\r\n$12\r\nconfig-epoch\r\n:${fake.epoch}\r\n`)
        } else if (command.includes('GET-MASTER-ADDR')) socket.write('*2\r\n$1\r\nh\r\n$1\r\n7\r\n')
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fake: Fake = {
    port: (server.address() as AddressInfo).port,
    sockets,
    get asked() {
      return asked
    },
    epoch,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server, 'close')
    },
  }
  onTestFinished(() => fake[Symbol.asyncDispose]())
  return fake
}

function sentinelsOf(fakes: readonly { port: number }[], timeoutMs: number): Sentinels {
  const addresses = fakes.map(({ port }) => ({ host: '127.0.0.1', port }))
  const sentinels = new Sentinels({ addresses, name: 'm', clock: systemClock, timeoutMs })
  onTestFinished(() => sentinels.close())
  return sentinels
}

describe('Sentinels that are asked', () => {
  test('answer together when all of them do, each over one connection however often', async () => {
    const fakes = [await startFake(3), await startFake(4), await startFake(3)]
    const sentinels = sentinelsOf(fakes, 60_000)
    for (let nth = 1; nth <= 3; nth++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const sayings = await sentinels.ask()
      expect(sayings.map(({ epoch }) => epoch)).toEqual([3, 4, 3])
      expect(newestOf(sayings)).toEqual({ epoch: 4, host: 'h', port: 7 })
      expect(fakes.map(({ asked }) => asked)).toEqual([nth, nth, nth])
    }
    expect(fakes.map(({ sockets }) => sockets.size)).toEqual([1, 1, 1])
  })

  test('are not waited for when most have answered and one is silent', async () => {
    const fakes = [await startFake(undefined), await startFake(4), await startFake(3)]
    // It would be a minute otherwise.
    const sayings = await sentinelsOf(fakes, 60_000).ask()
    expect(sayings.map(({ epoch }) => epoch)).toEqual([4, 3])
  })

  test('say nothing where there are none, or nobody listens', async () => {
    const gone = await startFake(1)
    await gone[Symbol.asyncDispose]()
    expect(await sentinelsOf([gone], 60_000).ask()).toEqual([])
  })

  test('that are all silent cost no more than the time they have', async () => {
    const clock = new ManualClock()
    const fake = await startFake(undefined)
    const addresses = [{ host: '127.0.0.1', port: fake.port }]
    const sentinels = new Sentinels({ addresses, name: 'm', clock, timeoutMs: 1_000 })
    onTestFinished(() => sentinels.close())
    const asked = sentinels.ask()
    clock.advance(1_000)
    expect(await asked).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('are asked over a new connection when the first has been silent for long', async () => {
    const clock = new ManualClock()
    const fake = await startFake(undefined)
    const addresses = [{ host: '127.0.0.1', port: fake.port }]
    const sentinels = new Sentinels({ addresses, name: 'm', clock, timeoutMs: 1_000 })
    onTestFinished(() => sentinels.close())
    const first = sentinels.ask()
    clock.advance(1_000)
    await first
    fake.epoch = 2
    clock.advance(2_500)
    expect(newestOf(await sentinels.ask())).toMatchObject({ epoch: 2 })
  })

  test('are let go of when nobody asks any more, in the middle of a question too', async () => {
    const fakes = [await startFake(undefined), await startFake(1)]
    const sentinels = sentinelsOf(fakes, 60_000)
    const asked = sentinels.ask()
    await expect.poll(() => fakes.map(({ sockets }) => sockets.size)).toEqual([1, 1])
    sentinels.close()
    await asked
    await expect.poll(() => fakes.map(({ sockets }) => sockets.size)).toEqual([0, 0])
    expect(await sentinels.ask()).toEqual([])
  })
})
